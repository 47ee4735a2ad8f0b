package io.sparktron.prep;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.prep.contamination.ContaminationSettings;
import io.sparktron.tokenizer.Gpt2Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A quote of an evaluation text that is cut out on the way to the tokens; each piece left is closed by an end-of-text. */
class CutPrepTest {
    private static final String QUOTE =
            "it was a bright cold day in april and the clocks were striking as nobody had ever heard";

    @TempDir
    Path folder;

    @Test
    void whatIsCutHasNoTokens() throws IOException {
        Random random = new Random(8);
        String before = Corpus.sentence(random, 90);
        String after = Corpus.sentence(random, 90);
        Corpus corpus = new Corpus(folder)
                .put("a-clean.txt", Corpus.sentence(random, 80))
                .put("b-quoting.txt", before + "\n" + QUOTE + "\n" + after)
                .put("c-little-else.txt", QUOTE + " " + Corpus.sentence(random, 9));
        Path evaluation = folder.resolve("evaluation.jsonl");
        Files.writeString(evaluation, "{\"text\": \"The clocks of April\"}\n{\"text\": \"" + QUOTE + "\"}\n");

        Corpus.run(corpus.settings()
                .contamination(new ContaminationSettings(
                        List.of(evaluation.toString()), 13, 8, 10, ContaminationSettings.Policy.CUT, 5, 100, 10)));

        Map<String, Row> ledger = new TreeMap<>();
        for (Row row : LocalSpark.session()
                .read()
                .parquet(corpus.output().resolve("ledger").toString())
                .collectAsList()) {
            String location = row.getAs("location");
            ledger.put(location.substring(location.lastIndexOf('/') + 1), row);
        }
        LedgerInvariants.check(LocalSpark.session(), corpus.output(), 3);
        assertThat(ledger.get("a-clean.txt").<Boolean>getAs("kept")).isTrue();
        Row dropped = ledger.get("c-little-else.txt");
        assertThat(dropped.<String>getAs("stage")).isEqualTo("contamination");
        assertThat(dropped.<String>getAs("rule")).endsWith("/evaluation.jsonl");
        // The window takes the line end and four more characters of each side.
        String first = before.substring(0, before.length() - 4).strip();
        String second = after.substring(4).strip();
        Gpt2Tokenizer tokenizer = Gpt2Tokenizer.get();
        assertThat(ledger.get("b-quoting.txt").<Long>getAs("stream_tokens"))
                .isEqualTo(tokenizer.encode(first).length + 1 + tokenizer.encode(second).length + 1);
    }
}
