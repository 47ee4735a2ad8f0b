package io.sparktron.prep;

import static org.apache.spark.sql.functions.col;

import io.sparktron.prep.read.InputContents;
import io.sparktron.prep.read.InputFile;
import io.sparktron.prep.report.Fates;
import io.sparktron.prep.stage.Content;
import io.sparktron.prep.stage.Stages;
import io.sparktron.prep.stage.Table;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;

/**
 * The stages in their order. Each is a pure function of tables, and its table is stored; what a stage needs of the configuration is in the settings
 * that it is given here, and in nothing else.
 */
final class Pipeline {
    private final SparkSession spark;
    private final PrepSettings settings;
    private final Stages stages;

    /**
     * What the stages stored.
     *
     * @param documents every input document
     * @param measures a row per document that has a text
     * @param fates a row per document: what became of it
     */
    record Tables(Table documents, Table measures, Table fates) {
        /** The documents that are kept, with their text. */
        Dataset<Row> kept() {
            return documents
                    .rows()
                    .select("id", "source", "characters", "text")
                    .join(fates.rows().where("kept").select("id", "cluster", "cuts"), "id");
        }
    }

    Pipeline(SparkSession spark, PrepSettings settings, Stages stages) {
        this.spark = spark;
        this.settings = settings;
        this.stages = stages;
    }

    /** @param digests of the files' contents, in their order */
    Tables run(List<InputFile> files, List<String> digests) throws IOException {
        Content corpus = new Content(
                "corpus",
                InputContents.fingerprint(files, digests),
                files.stream().mapToLong(InputFile::bytes).sum());
        Table documents = stages.table(
                "documents",
                Documents.VERSION,
                settings.clean().asMap(),
                List.of(corpus),
                () -> Documents.from(spark, files, settings.clean()));
        Table measures = stages.table(
                "measures",
                1,
                Map.of(),
                List.of(documents),
                () -> documents
                        .rows()
                        .where("problem is null")
                        .select(
                                col("id"),
                                functions
                                        .unhex(functions.sha2(col("text"), 256))
                                        .as("fold")));
        Table filtered = stages.table(
                "filtered",
                1,
                Map.of("prep.minimum-characters", Integer.toString(settings.minimumCharacters())),
                List.of(documents, measures),
                () -> TooShort.from(documents.rows(), settings.minimumCharacters()));
        Table exact = stages.table(
                "exact",
                1,
                priorities(),
                List.of(documents, measures, filtered),
                () -> exact(documents.rows(), measures.rows(), filtered.rows()));
        Table fates = stages.table(
                "fates",
                Fates.VERSION,
                Map.of(),
                List.of(documents, filtered, exact),
                () -> Fates.from(
                        documents.rows(),
                        filtered.rows(),
                        exact.rows(),
                        empty("id BIGINT, survivor BIGINT, similarity DOUBLE, cluster BIGINT"),
                        empty("id BIGINT, hits INT, evaluation STRING, ngram STRING, cuts ARRAY<INT>"),
                        1));
        return new Tables(documents, measures, fates);
    }

    private Dataset<Row> empty(String schema) {
        return spark.emptyDataset(Encoders.row(StructType.fromDDL(schema)));
    }

    /** Of each source, which decide who survives of duplicates. */
    private Map<String, String> priorities() {
        Map<String, String> map = new TreeMap<>();
        for (int i = 0; i < settings.sources().size(); i++) {
            map.put(
                    "priority of source " + i,
                    Integer.toString(settings.sources().get(i).priority()));
        }
        return map;
    }

    private static Dataset<Row> exact(Dataset<Row> documents, Dataset<Row> measures, Dataset<Row> filtered) {
        Dataset<Row> passed = documents
                .select("id", "characters")
                .join(measures, "id")
                .join(filtered.select("id"), "id", "left_anti");
        Dataset<Row> first = passed.groupBy("fold")
                .agg(functions
                        .min(functions.struct(
                                functions.negate(col("characters")).as("shorter"), col("id")))
                        .as("first"))
                .select(col("fold"), col("first.id").as("survivor"));
        return passed.join(first, "fold")
                .where(col("id").notEqual(col("survivor")))
                .select("id", "survivor");
    }
}
