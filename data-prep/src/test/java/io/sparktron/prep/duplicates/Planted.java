package io.sparktron.prep.duplicates;

import io.sparktron.prep.LocalSpark;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Documents with known likenesses. */
final class Planted {
    record Document(long id, int priority, String text) {
        long characters() {
            return text.codePointCount(0, text.length());
        }
    }

    private static final StructType SCHEMA = new StructType()
            .add("id", DataTypes.LongType, false)
            .add("characters", DataTypes.LongType, false)
            .add("priority", DataTypes.IntegerType, false)
            .add("text", DataTypes.StringType, false);

    private Planted() {}

    /** Families around a text, in which words were replaced at rates that lead to all Jaccard indices from 0.4 to 1. */
    static List<Document> families(int families, int members, int words, long seed) {
        Random random = new Random(seed);
        List<Document> documents = new ArrayList<>();
        for (int family = 0; family < families; family++) {
            List<String> base = words(random, words + random.nextInt(words), 1 << 20);
            for (int member = 0; member < members; member++) {
                List<String> text = new ArrayList<>(base);
                int replaced = random.nextInt(1 + words / 15);
                for (int i = 0; i < replaced; i++) {
                    text.set(random.nextInt(text.size()), "r" + random.nextInt(1 << 20));
                }
                documents.add(new Document(random.nextLong() >>> 4, random.nextInt(2), String.join(" ", text)));
            }
        }
        return documents;
    }

    /** Documents that each hold some of a few paragraphs, so that all of them look somewhat alike. */
    static List<Document> mixtures(int count, int paragraphs, long seed) {
        Random random = new Random(seed);
        List<String> pool = new ArrayList<>();
        for (int i = 0; i < paragraphs; i++) {
            pool.add(String.join(" ", words(random, 20, 1 << 20)));
        }
        List<Document> documents = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            StringBuilder text = new StringBuilder();
            for (String paragraph : pool) {
                if (random.nextInt(4) > 0) {
                    text.append(paragraph).append('\n');
                }
            }
            documents.add(new Document(i, random.nextInt(3), text.toString()));
        }
        return documents;
    }

    /** Documents that share half of their words and nothing else: a third of their shingles. */
    static List<Document> boilerplate(int count, long firstId, long seed) {
        Random random = new Random(seed);
        String shared = String.join(" ", words(random, 100, 1 << 20));
        List<Document> documents = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            documents.add(new Document(firstId + i, 0, shared + " " + String.join(" ", words(random, 110, 1 << 20))));
        }
        return documents;
    }

    /** Windows on one text, each of which is similar to its neighbours alone (0.78; 0.6 to the next but one), the longest first. */
    static List<Document> chain(int length, long firstId, long seed) {
        List<String> words = words(new Random(seed), 200 + 16 * length, 1 << 20);
        List<Document> documents = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            List<String> window = new ArrayList<>(words.subList(16 * i, 16 * i + 130));
            window.set(129, "z".repeat(1000 - 100 * i)); // so that the earlier has more characters
            documents.add(new Document(firstId + i, 0, String.join(" ", window)));
        }
        return documents;
    }

    static List<String> words(Random random, int count, int vocabulary) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            words.add("w" + random.nextInt(vocabulary));
        }
        return words;
    }

    /** The documents as a table of this many partitions, in an order of their own. */
    static Dataset<Row> table(List<Document> documents, int partitions) {
        SparkSession spark = LocalSpark.session();
        List<Document> shuffled = new ArrayList<>(documents);
        Collections.shuffle(shuffled, new Random(partitions));
        List<Row> rows = new ArrayList<>();
        shuffled.forEach(document -> rows.add(
                RowFactory.create(document.id(), document.characters(), document.priority(), document.text())));
        return spark.createDataFrame(rows, SCHEMA).repartition(partitions);
    }
}
