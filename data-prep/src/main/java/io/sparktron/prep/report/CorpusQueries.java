package io.sparktron.prep.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The queries over the ledger that make a {@link CorpusReport}. They sum whole numbers only, so that no order of rows changes a digit. */
public final class CorpusQueries {
    private static final int MOST_LANGUAGES = 24;
    private static final int MOST_RULES = 200;
    private static final int EXCERPT = 240;

    private final Dataset<Row> ledger;
    private final Dataset<Row> documents;

    private CorpusQueries(Dataset<Row> ledger, Dataset<Row> documents) {
        this.ledger = ledger;
        this.documents = documents;
    }

    /**
     * @param ledger a row per input document
     * @param documents {@code id, location, text}, from which the examples' beginnings are taken
     * @param sources names in the order of the configuration
     */
    public static CorpusReport report(Dataset<Row> ledger, Dataset<Row> documents, List<String> sources) {
        CorpusQueries queries = new CorpusQueries(ledger, documents);
        return new CorpusReport(
                queries.funnel(),
                queries.sources(sources),
                queries.lengths(),
                queries.languages(),
                queries.groups(),
                queries.rules());
    }

    private List<CorpusReport.Stage> funnel() {
        long documentsLeft = 0;
        long charactersLeft = 0;
        Map<String, Row> dropped = new HashMap<>();
        for (Row row : ledger.groupBy(expr("if(kept, null, stage)").as("stage"))
                .agg(expr("count(*)"), expr("sum(characters)"))
                .collectAsList()) {
            documentsLeft += row.getLong(1);
            charactersLeft += row.getLong(2);
            if (!row.isNullAt(0)) {
                dropped.put(row.getString(0), row);
            }
        }
        List<CorpusReport.Stage> funnel = new ArrayList<>();
        for (String stage : Fates.STAGES) {
            Row row = dropped.get(stage);
            long documents = row == null ? 0 : row.getLong(1);
            long characters = row == null ? 0 : row.getLong(2);
            documentsLeft -= documents;
            charactersLeft -= characters;
            funnel.add(new CorpusReport.Stage(stage, documents, characters, documentsLeft, charactersLeft));
        }
        return funnel;
    }

    private List<CorpusReport.Source> sources(List<String> names) {
        Map<String, CorpusReport.Source> found = new LinkedHashMap<>();
        names.forEach(name -> found.put(name, new CorpusReport.Source(name, 0, 0, 0, 0, 0)));
        for (Row row : ledger.groupBy("source")
                .agg(
                        expr("count(*)"),
                        expr("sum(characters)"),
                        expr("count_if(kept)"),
                        expr("sum(if(kept, characters, 0))"),
                        expr("sum(if(kept, stream_tokens, 0))"))
                .collectAsList()) {
            found.put(
                    row.getString(0),
                    new CorpusReport.Source(
                            row.getString(0),
                            row.getLong(1),
                            row.getLong(2),
                            row.getLong(3),
                            row.getLong(4),
                            row.getLong(5)));
        }
        return List.copyOf(found.values());
    }

    /** Bin b holds 2^(b-1) ... 2^b - 1 tokens: b is the number of binary digits. */
    private List<CorpusReport.Bin> lengths() {
        List<CorpusReport.Bin> bins = new ArrayList<>();
        for (Row row : ledger.where("tokens is not null")
                .withColumn("digits", expr("if(tokens < 1, 0, length(bin(cast(tokens as bigint))))"))
                .groupBy("digits")
                .agg(expr("count_if(kept)"), expr("count_if(not kept)"))
                .orderBy("digits")
                .collectAsList()) {
            int digits = row.getInt(0);
            bins.add(new CorpusReport.Bin(
                    digits == 0 ? 0 : 1L << digits - 1,
                    digits == 0 ? 0 : (1L << digits) - 1,
                    row.getLong(1),
                    row.getLong(2)));
        }
        return bins;
    }

    private List<CorpusReport.Language> languages() {
        List<CorpusReport.Language> all = new ArrayList<>();
        for (Row row : ledger.where("language is not null")
                .groupBy("language")
                .agg(expr("count_if(kept)"), expr("count_if(not kept)"))
                .collectAsList()) {
            all.add(new CorpusReport.Language(row.getString(0), row.getLong(1), row.getLong(2)));
        }
        all.sort(Comparator.<CorpusReport.Language>comparingLong(language -> -language.kept() - language.dropped())
                .thenComparing(CorpusReport.Language::name));
        if (all.size() <= MOST_LANGUAGES) {
            return all;
        }
        List<CorpusReport.Language> rare = all.subList(MOST_LANGUAGES, all.size());
        CorpusReport.Language others = new CorpusReport.Language(
                CorpusReport.OTHERS,
                rare.stream().mapToLong(CorpusReport.Language::kept).sum(),
                rare.stream().mapToLong(CorpusReport.Language::dropped).sum());
        List<CorpusReport.Language> most = new ArrayList<>(all.subList(0, MOST_LANGUAGES));
        most.add(others);
        return most;
    }

    /** Sizes 2, 3-4, 5-8, 9-16 ... */
    private List<CorpusReport.Group> groups() {
        TreeMap<Integer, long[]> bins = new TreeMap<>();
        for (Row row : ledger.where("survivor is not null")
                .groupBy("survivor")
                .agg(expr("count(*) as dropped"))
                .groupBy(expr("length(bin(dropped))").as("digits"))
                .agg(expr("count(*)"), expr("sum(dropped)"))
                .collectAsList()) {
            bins.put(row.getInt(0), new long[] {row.getLong(1), row.getLong(2)});
        }
        List<CorpusReport.Group> groups = new ArrayList<>();
        bins.forEach((digits, counts) ->
                groups.add(new CorpusReport.Group((1L << digits - 1) + 1, 1L << digits, counts[0], counts[1])));
        return groups;
    }

    private List<CorpusReport.Rule> rules() {
        List<Row> rows = new ArrayList<>(ledger.where("not kept")
                .withColumn(
                        "example",
                        expr("named_struct('id', id, 'location', location, 'value', value, 'survivor', survivor,"
                                + " 'survivor_location', survivor_location)"))
                .groupBy("stage", "rule")
                .agg(
                        expr("count(*)"),
                        expr("min(threshold)"),
                        expr("array_distinct(array(min(example), max(example),"
                                + " min(named_struct('hash', xxhash64(id), 'example', example)).example))"))
                .collectAsList());
        rows.sort(Comparator.<Row>comparingInt(row -> Fates.STAGES.indexOf(row.getString(0)))
                .thenComparing(row -> -row.getLong(2))
                .thenComparing(row -> row.getString(1)));
        List<Row> most = rows.subList(0, Math.min(MOST_RULES, rows.size()));
        Map<Long, String> texts = beginnings(most);
        return most.stream().map(row -> rule(row, texts)).toList();
    }

    private static CorpusReport.Rule rule(Row row, Map<Long, String> texts) {
        List<CorpusReport.Example> examples = new ArrayList<>();
        for (Row example : row.<Row>getList(4)) {
            examples.add(new CorpusReport.Example(
                    example.getString(1),
                    example.isNullAt(2) ? null : example.getDouble(2),
                    texts.get(example.getLong(0)),
                    example.getString(4),
                    example.isNullAt(3) ? null : texts.get(example.getLong(3))));
        }
        return new CorpusReport.Rule(
                row.getString(0),
                row.getString(1),
                row.isNullAt(3) ? null : row.getDouble(3),
                row.getLong(2),
                examples);
    }

    /** Of the documents that are named in examples. */
    private Map<Long, String> beginnings(List<Row> rules) {
        List<Object> ids = new ArrayList<>();
        for (Row rule : rules) {
            for (Row example : rule.<Row>getList(4)) {
                ids.add(example.get(0));
                if (!example.isNullAt(3)) {
                    ids.add(example.get(3));
                }
            }
        }
        Map<Long, String> texts = new HashMap<>();
        if (!ids.isEmpty()) {
            for (Row row : documents
                    .where(col("id").isin(ids.toArray()))
                    .select(col("id"), expr("substring(text, 1, " + EXCERPT + ")"))
                    .collectAsList()) {
                texts.put(row.getLong(0), row.getString(1));
            }
        }
        return texts;
    }
}
