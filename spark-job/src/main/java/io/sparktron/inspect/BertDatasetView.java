package io.sparktron.inspect;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.sparktron.data.SampleReader;
import io.sparktron.data.TokenDataset;
import io.sparktron.tokenizer.WordPieceTokenizer;
import io.sparktron.tokenizer.WordPieceVocabulary;
import io.sparktron.tokens.BertSample;
import java.io.IOException;
import java.util.Arrays;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;

/**
 * A token dataset for BERT and one of its samples.
 *
 * @param ids its tokens
 * @param second where B starts among them
 * @param swapped whether B came before A in the text
 * @param labels of its tokens, -100 where there is none; null if training masks
 * @param firstText text of A
 * @param secondText text of B
 */
record BertDatasetView(
        String kind,
        @JsonUnwrapped DatasetHead head,
        int[] ids,
        int second,
        boolean swapped,
        int[] labels,
        String firstText,
        String secondText)
        implements Inspection {

    static BertDatasetView of(TokenDataset dataset, OptionalLong wanted, Configuration hadoop) throws IOException {
        DatasetHead head = DatasetHead.of(dataset, wanted);
        WordPieceVocabulary pieces = dataset.vocabulary(hadoop);
        BertSample content;
        try (SampleReader reader = new SampleReader(dataset, hadoop)) {
            content = reader.bert(head.sample());
        }
        int[] ids = content.tokens();
        return new BertDatasetView(
                "token dataset",
                head,
                ids,
                content.second(),
                content.swapped(),
                content.labels(),
                WordPieceTokenizer.decode(pieces, Arrays.copyOfRange(ids, 1, content.second() - 1)),
                WordPieceTokenizer.decode(pieces, Arrays.copyOfRange(ids, content.second(), ids.length - 1)));
    }

    @Override
    public String text() {
        Page page = head.page()
                .line("")
                .line(
                        "sample %,d: %,d ids, B from %d on, %s",
                        head.sample(),
                        ids.length,
                        second,
                        swapped ? "swapped: B came first (class 1)" : "in order (class 0)")
                .line("%s", DatasetView.list(ids));
        if (labels != null) {
            page.line("labels %s", DatasetView.list(labels));
        }
        return page.line("A: %s", firstText).line("B: %s", secondText).toString();
    }
}
