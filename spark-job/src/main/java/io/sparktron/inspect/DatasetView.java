package io.sparktron.inspect;

import io.sparktron.data.SampleReader;
import io.sparktron.data.TokenDataset;
import io.sparktron.tokenizer.Tokenizer;
import io.sparktron.tokenizer.Tokenizers;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.tokens.Manifest;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;

/**
 * A token dataset and one of its samples.
 *
 * @param sample number of the sample shown
 * @param ids its sequence + 1 token ids
 * @param documentEnds positions of end-of-text among them
 * @param decoded their text; null where there is no tokenizer of that name here
 */
record DatasetView(
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
        int[] documentEnds,
        String decoded)
        implements Inspection {

    static DatasetView of(TokenDataset dataset, OptionalLong wanted, Configuration hadoop) throws IOException {
        Manifest manifest = dataset.manifest();
        long sample = sample(dataset, wanted);
        int[] ids = new int[manifest.sequence() + 1];
        try (SampleReader reader = new SampleReader(dataset, hadoop)) {
            reader.read(sample, ids, 0);
        }
        int endOfText = manifest.tokenizer().endOfText();
        return new DatasetView(
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
                IntStream.range(0, ids.length).filter(i -> ids[i] == endOfText).toArray(),
                tokenizer(manifest.tokenizer()).map(known -> known.decode(ids)).orElse(null));
    }

    /** One of the same name that has as many ids. */
    private static Optional<Tokenizer> tokenizer(Manifest.Vocabulary named) {
        return Tokenizers.find(named.name()).filter(known -> known.vocabulary() == named.vocabulary());
    }

    /** The sample to show, else the first. */
    static long sample(TokenDataset dataset, OptionalLong wanted) {
        long sample = wanted.orElse(0);
        if (sample >= dataset.samples()) {
            throw new InvalidInputException("inspect.sample = " + sample + ", but " + dataset.folder() + " has "
                    + dataset.samples() + " samples; legal: 0 to " + (dataset.samples() - 1));
        }
        return sample;
    }

    /** What datasets of every family show of themselves. */
    static void head(
            Page page,
            String path,
            String family,
            int sequence,
            long samples,
            Manifest.Vocabulary tokenizer,
            Manifest.Counts counts,
            String fingerprint,
            List<Manifest.DataFile> files) {
        page.line("token dataset %s", path)
                .line("  family %s, sequence %,d, %,d samples", family, sequence, samples)
                .line(
                        "  tokenizer %s: %,d ids, end-of-text %d",
                        tokenizer.name(), tokenizer.vocabulary(), tokenizer.endOfText());
        Manifest.WordPieces pieces = tokenizer.wordPieces();
        if (pieces != null) {
            page.line(
                    "  pad %d, cls %d, sep %d, mask %d, %s, pieces in %s",
                    pieces.pad(),
                    pieces.cls(),
                    pieces.sep(),
                    pieces.mask(),
                    pieces.lowerCase() ? "lower case" : "cased",
                    pieces.vocabularyFile());
        }
        if (counts != null) {
            page.line(
                    pieces == null
                            ? "  of %,d documents, %,d characters, %,d tokens, the last %,d of them in no sample"
                            : "  of %,d documents, %,d characters, %,d tokens, %,d of them in no sample",
                    counts.documents(),
                    counts.characters(),
                    counts.tokens(),
                    counts.tailTokens());
        }
        page.line("  fingerprint %s", fingerprint).line("  files: %d", files.size());
        for (Manifest.DataFile file : files) {
            page.line(
                    "    %s: samples %,d to %,d",
                    file.path(), file.firstSample(), file.firstSample() + file.samples() - 1);
        }
    }

    @Override
    public String text() {
        Page page = new Page();
        head(page, path, family, sequence, samples, tokenizer, counts, fingerprint, files);
        page.line("")
                .line(
                        "sample %,d: %,d ids, end-of-text at %s",
                        sample, ids.length, documentEnds.length == 0 ? "none" : list(documentEnds))
                .line("%s", list(ids));
        return page.line(
                        "%s",
                        decoded == null
                                ? "(not decoded: there is no tokenizer " + tokenizer.name() + " here)"
                                : decoded)
                .toString();
    }

    static String list(int[] numbers) {
        return Arrays.stream(numbers).mapToObj(Integer::toString).collect(Collectors.joining(" "));
    }
}
