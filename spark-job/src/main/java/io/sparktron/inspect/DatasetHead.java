package io.sparktron.inspect;

import io.sparktron.data.TokenDataset;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.tokens.Manifest;
import java.util.List;
import java.util.OptionalLong;

/**
 * What datasets of every family show of themselves.
 *
 * @param sequence tokens of a sample
 * @param sample number of the sample that is shown besides
 */
record DatasetHead(
        String path,
        String family,
        int sequence,
        long samples,
        Manifest.Vocabulary tokenizer,
        List<Manifest.DataFile> files,
        Manifest.Counts counts,
        String fingerprint,
        long sample) {
    /**
     * @param wanted number of the sample to show, else the first
     * @throws InvalidInputException if there is no such sample
     */
    static DatasetHead of(TokenDataset dataset, OptionalLong wanted) {
        Manifest manifest = dataset.manifest();
        return new DatasetHead(
                dataset.folder(),
                manifest.family(),
                manifest.sequence(),
                manifest.samples(),
                manifest.tokenizer(),
                manifest.files(),
                manifest.counts(),
                manifest.fingerprint(),
                sample(dataset, wanted));
    }

    private static long sample(TokenDataset dataset, OptionalLong wanted) {
        long sample = wanted.orElse(0);
        if (sample >= dataset.samples()) {
            throw new InvalidInputException("inspect.sample = " + sample + ", but " + dataset.folder() + " has "
                    + dataset.samples() + " samples; legal: 0 to " + (dataset.samples() - 1));
        }
        return sample;
    }

    Page page() {
        Page page = new Page()
                .line("token dataset %s", path)
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
        return page;
    }
}
