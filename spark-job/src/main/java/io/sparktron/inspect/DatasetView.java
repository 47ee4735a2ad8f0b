package io.sparktron.inspect;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.sparktron.data.SampleReader;
import io.sparktron.data.TokenDataset;
import java.io.IOException;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;

/**
 * A token dataset and one of its samples.
 *
 * @param ids its sequence + 1 token ids
 * @param documentEnds positions of end-of-text among them
 * @param decoded their text; null where there is no tokenizer of that name here
 */
record DatasetView(String kind, @JsonUnwrapped DatasetHead head, int[] ids, int[] documentEnds, String decoded)
        implements Inspection {

    static DatasetView of(TokenDataset dataset, OptionalLong wanted, Configuration hadoop) throws IOException {
        DatasetHead head = DatasetHead.of(dataset, wanted);
        int[] ids = new int[head.sequence() + 1];
        try (SampleReader reader = new SampleReader(dataset, hadoop)) {
            reader.read(head.sample(), ids, 0);
        }
        int endOfText = head.tokenizer().endOfText();
        return new DatasetView(
                "token dataset",
                head,
                ids,
                IntStream.range(0, ids.length).filter(i -> ids[i] == endOfText).toArray(),
                dataset.tokenizer(hadoop).map(known -> known.decode(ids)).orElse(null));
    }

    @Override
    public String text() {
        return head.page()
                .line("")
                .line(
                        "sample %,d: %,d ids, end-of-text at %s",
                        head.sample(), ids.length, documentEnds.length == 0 ? "none" : list(documentEnds))
                .line("%s", list(ids))
                .line(
                        "%s",
                        decoded == null
                                ? "(not decoded: there is no tokenizer "
                                        + head.tokenizer().name() + " here)"
                                : decoded)
                .toString();
    }

    static String list(int[] numbers) {
        return Arrays.stream(numbers).mapToObj(Integer::toString).collect(Collectors.joining(" "));
    }
}
