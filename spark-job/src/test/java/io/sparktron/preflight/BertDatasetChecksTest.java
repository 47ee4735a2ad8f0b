package io.sparktron.preflight;

import static io.sparktron.preflight.SmallRun.HADOOP;
import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.preflight.Finding.Level;
import io.sparktron.tokenizer.WordPieceVocabulary;
import io.sparktron.tokens.BertSample;
import io.sparktron.tokens.BertSampleWriter;
import io.sparktron.tokens.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A dataset for BERT is its vocabulary too. */
class BertDatasetChecksTest {
    private static final WordPieceVocabulary PIECES =
            WordPieceVocabulary.of(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a"));

    @TempDir
    Path folder;

    @BeforeEach
    void write() throws IOException {
        var target = new org.apache.hadoop.fs.Path(folder.toUri());
        Manifest.DataFile file;
        try (BertSampleWriter writer = new BertSampleWriter(target, "a.parquet", "a.parquet", 0, 8, false, HADOOP)) {
            writer.write(new BertSample(new int[] {2, 5, 3, 5, 5, 3}, 3, false));
            file = writer.finish();
        }
        Files.write(folder.resolve("vocab.txt"), PIECES.bytes());
        Manifest.WordPieces special = new Manifest.WordPieces(0, 2, 3, 4, true, "vocab.txt", PIECES.sha256());
        new Manifest("bert", 8, 1, new Manifest.Vocabulary("wordpiece", 6, 3, special), List.of(file), null, Map.of())
                .write(target, HADOOP);
    }

    @Test
    void readsItsSamples() throws IOException {
        String fingerprint = Manifest.read(new org.apache.hadoop.fs.Path(folder.toUri()), HADOOP)
                .fingerprint();

        assertThat(DatasetChecks.onRank(new RankSide.Dataset("data.train", folder.toString(), fingerprint), HADOOP))
                .extracting(Finding::level)
                .containsExactly(Level.OK);
    }

    @Test
    void findsAVocabularyThatIsMissingOrAnother() throws IOException {
        Files.writeString(folder.resolve("vocab.txt"), "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nb\n");
        assertThat(only().found()).contains("vocab.txt has SHA-256", "legal: " + PIECES.sha256());
        Files.delete(folder.resolve("vocab.txt"));
        assertThat(only().found()).contains("vocab.txt is missing");
    }

    private Finding only() {
        List<Finding> findings = new DatasetChecks("data.train", folder.toString(), HADOOP).findings();
        assertThat(findings).hasSize(1);
        assertThat(findings.get(0).level().stops()).isTrue();
        return findings.get(0);
    }
}
