package io.sparktron.prep;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import io.sparktron.prep.contamination.Contamination;
import io.sparktron.prep.contamination.ContaminationSettings;
import io.sparktron.prep.contamination.OverlapTable;
import io.sparktron.prep.contamination.Suspects;
import io.sparktron.prep.duplicates.DuplicateSettings;
import io.sparktron.prep.duplicates.ExactDuplicates;
import io.sparktron.prep.duplicates.GiantBuckets;
import io.sparktron.prep.duplicates.NearDuplicates;
import io.sparktron.prep.duplicates.Signatures;
import io.sparktron.prep.quality.FilteredDocuments;
import io.sparktron.prep.quality.QualityMeasures;
import io.sparktron.prep.read.HashedFiles;
import io.sparktron.prep.report.Fates;
import io.sparktron.prep.stage.Stages;
import io.sparktron.prep.stage.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
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
     * @param giants buckets above the cap, where near duplicates are searched for
     * @param overlap of evaluation files with what is kept, where there are some
     */
    record Tables(Table documents, Table measures, Table fates, Optional<Table> giants, Optional<Table> overlap) {
        /** The documents that are kept, with their text. */
        Dataset<Row> kept() {
            return Pipeline.kept(documents, fates);
        }
    }

    private static Dataset<Row> kept(Table documents, Table fates) {
        return documents
                .rows()
                .select("id", "source", "characters", "text")
                .join(fates.rows().where("kept").select("id", "cluster", "cuts"), "id");
    }

    Pipeline(SparkSession spark, PrepSettings settings, Stages stages) {
        this.spark = spark;
        this.settings = settings;
        this.stages = stages;
    }

    /** @param evaluation the evaluation texts; no file where nothing is to be taken out */
    Tables run(HashedFiles corpus, HashedFiles evaluation) throws IOException {
        Table documents = stages.table(
                "documents",
                Documents.VERSION,
                settings.clean().asMap(),
                List.of(corpus.content("corpus")),
                () -> Documents.from(spark, corpus.files(), settings.clean()));
        Table measures = stages.table(
                "measures",
                QualityMeasures.VERSION,
                Map.of(),
                List.of(documents),
                () -> QualityMeasures.from(documents.rows()));
        Map<String, String> filters = new TreeMap<>(settings.quality().asMap());
        filters.put("prep.minimum-characters", Integer.toString(settings.minimumCharacters()));
        Table filtered = stages.table(
                "filtered",
                FilteredDocuments.VERSION,
                filters,
                List.of(documents, measures),
                () -> filtered(documents.rows(), measures.rows()));
        Table exact = exact(documents, measures, filtered);
        Searched duplicates = near(documents, filtered, exact);
        Table near = duplicates.found();
        Searched quotes = contamination(documents, List.of(filtered, exact, near), evaluation);
        Table contamination = quotes.found();
        Map<String, String> thresholds = Map.of(
                "prep.duplicates.threshold",
                Double.toString(settings.duplicates().threshold()));
        Table fates = stages.table(
                "fates",
                Fates.VERSION,
                thresholds,
                List.of(documents, filtered, exact, near, contamination),
                () -> Fates.from(
                        documents.rows(),
                        filtered.rows(),
                        exact.rows(),
                        near.rows(),
                        contamination.rows(),
                        settings.duplicates().threshold()));
        Optional<Table> giants = giants(documents, duplicates);
        Optional<Table> overlap = overlap(documents, fates, quotes);
        return new Tables(documents, measures, fates, giants, overlap);
    }

    /** The first rule that a document fails; {@code prep.minimum-characters} comes before all others. */
    private Dataset<Row> filtered(Dataset<Row> documents, Dataset<Row> measures) {
        Dataset<Row> tooShort = TooShort.from(documents, settings.minimumCharacters());
        return tooShort.unionByName(
                FilteredDocuments.from(measures, settings.quality()).join(tooShort.select("id"), "id", "left_anti"));
    }

    private Table exact(Table documents, Table measures, Table filtered) throws IOException {
        boolean wanted = settings.duplicates().exact();
        return stages.table(
                "exact",
                ExactDuplicates.VERSION,
                wanted ? priorities() : Map.of("off", "true"),
                List.of(documents, measures, filtered),
                () -> wanted
                        ? ExactDuplicates.from(
                                measures.rows(),
                                left(documents, List.of(filtered)).drop("text"))
                        : empty("id BIGINT, survivor BIGINT"));
    }

    /**
     * What a search found, and the table that it searched with.
     *
     * @param with signatures, or evaluation texts; null if the search is off
     */
    private record Searched(Table found, Table with) {
        boolean isOff() {
            return with == null;
        }
    }

    private Searched near(Table documents, Table filtered, Table exact) throws IOException {
        DuplicateSettings duplicates = settings.duplicates();
        if (!duplicates.near()) {
            Table none = stages.table(
                    "near",
                    NearDuplicates.VERSION,
                    Map.of("off", "true"),
                    List.of(documents),
                    () -> empty("id BIGINT, survivor BIGINT, similarity DOUBLE, cluster BIGINT"));
            return new Searched(none, null);
        }
        Map<String, String> signing = priorities();
        signing.put("bands", Integer.toString(duplicates.banding().bands()));
        signing.put("rows", Integer.toString(duplicates.banding().rows()));
        signing.put("shingle", Integer.toString(duplicates.shingle()));
        signing.put("unit", duplicates.unit().key());
        Table signatures = stages.table(
                "signatures",
                Signatures.VERSION,
                signing,
                List.of(documents, filtered, exact),
                () -> Signatures.from(left(documents, List.of(filtered, exact)), duplicates));
        Table near = stages.table(
                "near",
                NearDuplicates.VERSION,
                duplicates.asMap(),
                List.of(documents, signatures),
                () -> NearDuplicates.from(signatures.rows(), documents.rows(), duplicates)
                        .near());
        return new Searched(near, signatures);
    }

    /** Buckets above the cap, for the report. */
    private Optional<Table> giants(Table documents, Searched duplicates) throws IOException {
        if (duplicates.isOff()) {
            return Optional.empty();
        }
        DuplicateSettings wanted = settings.duplicates();
        return Optional.of(stages.table(
                "giant-buckets",
                GiantBuckets.VERSION,
                Map.of("prep.duplicates.bucket-cap", Integer.toString(wanted.bucketCap())),
                List.of(documents, duplicates.with()),
                () -> GiantBuckets.from(duplicates.with().rows(), documents.rows(), wanted)));
    }

    /** How much of the evaluation texts is in what is kept, for the report. */
    private Optional<Table> overlap(Table documents, Table fates, Searched quotes) throws IOException {
        if (quotes.isOff()) {
            return Optional.empty();
        }
        return Optional.of(stages.table(
                "overlap",
                OverlapTable.VERSION,
                Map.of(),
                List.of(documents, fates, quotes.with()),
                () -> OverlapTable.from(kept(documents, fates), quotes.with().rows())));
    }

    private Searched contamination(Table documents, List<Table> dropping, HashedFiles evaluation) throws IOException {
        ContaminationSettings wanted = settings.contamination();
        if (wanted.isOff()) {
            Table none = stages.table(
                    "contamination",
                    Contamination.VERSION,
                    Map.of("off", "true"),
                    List.of(documents),
                    () -> spark.emptyDataset(Encoders.row(Contamination.SCHEMA)));
            return new Searched(none, null);
        }
        Table texts = stages.table(
                "evaluation",
                Documents.VERSION,
                settings.clean().asMap(),
                List.of(evaluation.content("evaluation")),
                () -> Documents.from(spark, evaluation.files(), settings.clean())
                        .where("text IS NOT NULL"));
        List<Table> inputs = new ArrayList<>(List.of(documents));
        inputs.addAll(dropping);
        inputs.add(texts);
        Table suspects = stages.table(
                "suspects",
                Suspects.VERSION,
                wanted.searchMap(),
                inputs,
                () -> Suspects.from(left(documents, dropping), texts.rows(), wanted));
        Table contamination = stages.table(
                "contamination",
                Contamination.VERSION,
                wanted.asMap(),
                List.of(suspects, texts),
                () -> Contamination.from(suspects.rows(), texts.rows(), wanted));
        return new Searched(contamination, texts);
    }

    /**
     * The documents that are not dropped yet: {@code id, characters, priority, text}.
     *
     * @param dropping tables with a row for each document dropped; one with a survivor column that is null keeps its document
     */
    private Dataset<Row> left(Table documents, List<Table> dropping) {
        Dataset<Row> left = documents
                .rows()
                .where("text IS NOT NULL")
                .select(col("id"), col("characters"), priority().as("priority"), col("text"));
        for (Table table : dropping) {
            Dataset<Row> dropped = table.rows();
            if (List.of(dropped.columns()).contains("survivor")) {
                dropped = dropped.where("survivor IS NOT NULL");
            }
            left = left.join(dropped.select("id"), "id", "left_anti");
        }
        return left;
    }

    /** Of a document's source: the smaller is the more important. */
    private Column priority() {
        Column priority = lit(0);
        for (int i = 0; i < settings.sources().size(); i++) {
            priority = when(
                            col("source").equalTo(i),
                            lit(settings.sources().get(i).priority()))
                    .otherwise(priority);
        }
        return priority;
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
}
