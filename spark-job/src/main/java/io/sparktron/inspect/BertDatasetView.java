package io.sparktron.inspect;

import io.sparktron.data.SampleReader;
import io.sparktron.data.TokenDataset;
import io.sparktron.tokenizer.WordPieceTokenizer;
import io.sparktron.tokenizer.WordPieceVocabulary;
import io.sparktron.tokens.BertSample;
import io.sparktron.tokens.Manifest;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;

/**
 * A token dataset for BERT and one of its samples.
 *
 * @param sample number of the sample shown
 * @param ids its tokens
 * @param second where B starts among them
 * @param swapped whether B came before A in the text
 * @param labels of its tokens, -100 where there is none; null if training masks
 * @param firstText text of A
 * @param secondText text of B
 */
record BertDatasetView(
        String kind,
        String path,
        String family,
        int sequence,
        long samples,
        Manifest.Vocabulary tokenizer,
        List<Manifest.DataFile> files,
        Manifest.Counts counts,
        String fingerprint,
        long sample,
        int[] ids,
        int second,
        boolean swapped,
        int[] labels,
        String firstText,
        String secondText)
        implements Inspection {

    static BertDatasetView of(TokenDataset dataset, OptionalLong wanted, Configuration hadoop) throws IOException {
        Manifest manifest = dataset.manifest();
        long sample = DatasetView.sample(dataset, wanted);
        WordPieceVocabulary pieces = dataset.vocabulary(hadoop);
        BertSample content;
        try (SampleReader reader = new SampleReader(dataset, hadoop)) {
            content = reader.bert(sample);
        }
        int[] ids = content.tokens();
        return new BertDatasetView(
                "token dataset",
                dataset.folder(),
                manifest.family(),
                manifest.sequence(),
                manifest.samples(),
                manifest.tokenizer(),
                manifest.files(),
                manifest.counts(),
                manifest.fingerprint(),
                sample,
                ids,
                content.second(),
                content.swapped(),
                content.labels(),
                WordPieceTokenizer.decode(pieces, Arrays.copyOfRange(ids, 1, content.second() - 1)),
                WordPieceTokenizer.decode(pieces, Arrays.copyOfRange(ids, content.second(), ids.length - 1)));
    }

    @Override
    public String text() {
        Page page = new Page();
        DatasetView.head(page, path, family, sequence, samples, tokenizer, counts, fingerprint, files);
        page.line("")
                .line(
                        "sample %,d: %,d ids, B from %d on, %s",
                        sample, ids.length, second, swapped ? "swapped: B came first (class 1)" : "in order (class 0)")
                .line("%s", DatasetView.list(ids));
        if (labels != null) {
            page.line("labels %s", DatasetView.list(labels));
        }
        return page.line("A: %s", firstText).line("B: %s", secondText).toString();
    }
}
