package io.sparktron.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.prep.LocalSpark;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class BpeTrainingTest {
    /** The same files whatever the order and the partitions, and those of a count without Spark. */
    @Test
    void dependsOnTheTextsAlone() throws Exception {
        List<String> lines = new ArrayList<>(TrainedTokenizers.corpus());
        Map<String, byte[]> expected = TrainedTokenizers.bytePairs().files();
        assertThat(expected).containsOnlyKeys("vocab.json", "merges.txt", "tokenizer.json");

        lines.add(null);
        assertEqual(BpeTraining.train(texts(lines, 1), 600).files(), expected);
        Collections.shuffle(lines, new Random(4));
        assertEqual(BpeTraining.train(texts(lines, 7), 600).files(), expected);
    }

    private static void assertEqual(Map<String, byte[]> files, Map<String, byte[]> expected) {
        Map<String, String> found = new HashMap<>();
        files.forEach((name, content) -> found.put(name, new String(content, StandardCharsets.UTF_8)));
        expected.forEach(
                (name, content) -> assertThat(found.get(name)).isEqualTo(new String(content, StandardCharsets.UTF_8)));
    }

    private static Dataset<Row> texts(List<String> lines, int partitions) {
        return LocalSpark.session()
                .createDataset(lines, Encoders.STRING())
                .toDF("text")
                .repartition(partitions);
    }
}
