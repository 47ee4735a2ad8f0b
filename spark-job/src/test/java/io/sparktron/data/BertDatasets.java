package io.sparktron.data;

import static io.sparktron.data.Datasets.HADOOP;

import io.sparktron.storage.Storage;
import io.sparktron.tokenizer.WordPieceVocabulary;
import io.sparktron.tokens.BertSample;
import io.sparktron.tokens.BertSampleWriter;
import io.sparktron.tokens.Manifest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;

/** Small BERT datasets whose samples follow from their number. Every third ordinary piece continues a word. */
public final class BertDatasets {
    public static final int SEQUENCE = 23;
    static final int VOCABULARY = 101;
    static final int PAD = 0;
    static final int UNKNOWN = 1;
    public static final int CLS = 2;
    public static final int SEP = 3;
    static final int MASK = 4;
    public static final int FIRST_ORDINARY = 5;
    public static final WordPieceVocabulary PIECES = pieces(VOCABULARY);
    static final Manifest.Vocabulary TOKENIZER = tokenizer(VOCABULARY);

    private BertDatasets() {}

    static WordPieceVocabulary pieces(int vocabulary) {
        List<String> pieces = new ArrayList<>(WordPieceVocabulary.SPECIAL);
        for (int id = FIRST_ORDINARY; id < vocabulary; id++) {
            pieces.add(id % 3 == 0 ? "##p" + id : "w" + id);
        }
        return WordPieceVocabulary.of(pieces);
    }

    static Manifest.Vocabulary tokenizer(int vocabulary) {
        return new Manifest.Vocabulary(
                "wordpiece",
                vocabulary,
                SEP,
                new Manifest.WordPieces(PAD, CLS, SEP, MASK, true, WordPieceVocabulary.FILE_NAME, null));
    }

    /** From 7 to {@link #SEQUENCE} tokens. */
    static BertSample sample(long number) {
        int length = 7 + (int) (number * 5 % (SEQUENCE - 6));
        int second = 3 + (int) (number % (length - 4));
        int[] tokens = new int[length];
        for (int i = 0; i < length; i++) {
            tokens[i] = FIRST_ORDINARY + (int) ((number * 31 + i * 7L) % (VOCABULARY - FIRST_ORDINARY));
        }
        tokens[0] = CLS;
        tokens[second - 1] = SEP;
        tokens[length - 1] = SEP;
        return new BertSample(tokens, second, number % 3 == 1);
    }

    /** {@link #sample} with tokens 1 and 4 to be predicted, and masked. */
    static BertSample labelled(long number) {
        BertSample sample = sample(number);
        int[] labels = new int[sample.tokens().length];
        Arrays.fill(labels, BertSample.IGNORED);
        for (int i : new int[] {1, 4}) {
            labels[i] = sample.tokens()[i];
            sample.tokens()[i] = sample.tokens()[i] == SEP ? SEP : MASK;
        }
        return new BertSample(sample.tokens(), sample.second(), sample.swapped(), labels);
    }

    public static TokenDataset write(Path folder, int... samplesOfFiles) {
        return write(folder, false, BertDatasets::sample, samplesOfFiles);
    }

    public static TokenDataset write(
            Path folder, boolean labelled, LongFunction<BertSample> samples, int... samplesOfFiles) {
        List<Manifest.DataFile> files = new ArrayList<>();
        long sample = 0;
        var target = new org.apache.hadoop.fs.Path(folder.toUri());
        for (int count : samplesOfFiles) {
            String name = Datasets.name(files.size());
            try (BertSampleWriter writer =
                    new BertSampleWriter(target, name, name, sample, SEQUENCE, labelled, HADOOP)) {
                for (int i = 0; i < count; i++) {
                    writer.write(samples.apply(sample++));
                }
                files.add(writer.finish());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return describe(folder, files);
    }

    /** Has the manifest of a dataset tell the digest of its vocabulary, as prep does. */
    public static void addDigest(String folder) throws IOException {
        var target = new org.apache.hadoop.fs.Path(folder);
        Manifest without = Manifest.read(target, HADOOP);
        var special =
                new Manifest.WordPieces(PAD, CLS, SEP, MASK, true, WordPieceVocabulary.FILE_NAME, PIECES.sha256());
        var tokenizer = new Manifest.Vocabulary(TOKENIZER.name(), VOCABULARY, SEP, special);
        new Manifest(Manifest.BERT, SEQUENCE, without.samples(), tokenizer, without.files(), null, Map.of())
                .write(target, HADOOP);
    }

    /** Writes vocabulary and manifest, and opens the dataset. */
    static TokenDataset describe(Path folder, List<Manifest.DataFile> files) {
        var target = new org.apache.hadoop.fs.Path(folder.toUri());
        long samples = files.stream().mapToLong(Manifest.DataFile::samples).sum();
        try {
            Storage.replace(
                    new org.apache.hadoop.fs.Path(target, WordPieceVocabulary.FILE_NAME), PIECES.bytes(), HADOOP);
            new Manifest(Manifest.BERT, SEQUENCE, samples, TOKENIZER, files, null, Map.of()).write(target, HADOOP);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return TokenDataset.open(folder.toString(), HADOOP);
    }
}
