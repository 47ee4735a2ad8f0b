package io.sparktron.prep.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;

import io.sparktron.prep.pack.PackReport;
import io.sparktron.prep.read.DropReason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The report's numbers, counted from the ledger. */
public final class LedgerCounts {
    private LedgerCounts() {}

    /**
     * @param ledger rows of {@link Ledger}
     * @param packed what became of the documents that were kept
     */
    public static PrepReport of(Dataset<Row> ledger, PackReport packed) {
        Row all = ledger.agg(count("*"), sum("characters")).head();
        List<PrepReport.Split> splits = packed.splits().stream()
                .map(split -> new PrepReport.Split(
                        split.name(),
                        split.documents(),
                        split.characters(),
                        split.tokens(),
                        split.samples(),
                        split.tailTokens(),
                        split.files()))
                .toList();
        return new PrepReport(
                false, all.getLong(0), all.isNullAt(1) ? 0 : all.getLong(1), dropped(ledger), splits, packed.sources());
    }

    /** @param documents {@code kept, stage, rule, characters, location}: in order of the stages, then of the rules' names */
    public static List<PrepReport.Dropped> dropped(Dataset<Row> documents) {
        List<Row> groups = new ArrayList<>(documents
                .where("not kept")
                .groupBy("stage", "rule")
                .agg(count("*"), sum(col("characters")), min("location"))
                .collectAsList());
        groups.sort(Comparator.<Row>comparingInt(row -> Fates.STAGES.indexOf(row.getString(0)))
                .thenComparing(row -> row.getString(1), Comparator.comparing(LedgerCounts::place)));
        Map<String, PrepReport.Dropped> dropped = new LinkedHashMap<>();
        for (Row row : groups) {
            String reason = reason(row.getString(0), row.getString(1));
            PrepReport.Dropped these = new PrepReport.Dropped(reason, row.getLong(2), row.getLong(3), row.getString(4));
            // An empty document is too short to be read, and one of a few characters is filtered.
            dropped.merge(reason, these, LedgerCounts::together);
        }
        return List.copyOf(dropped.values());
    }

    private static PrepReport.Dropped together(PrepReport.Dropped a, PrepReport.Dropped b) {
        return new PrepReport.Dropped(
                a.reason(),
                a.documents() + b.documents(),
                a.characters() + b.characters(),
                a.example().compareTo(b.example()) <= 0 ? a.example() : b.example());
    }

    /** Problems of reading in their order, before other rules in that of their names. */
    private static String place(String rule) {
        for (DropReason reason : DropReason.values()) {
            if (reason.label().equals(rule)) {
                return String.format("%03d", reason.ordinal());
            }
        }
        return rule;
    }

    private static String reason(String stage, String rule) {
        if (stage.equals(Fates.FILTER) && rule.startsWith("characters >= ")) {
            return DropReason.TOO_SHORT.label(); // prep.minimum-characters
        }
        return switch (stage) {
            case Fates.EXACT -> DropReason.DUPLICATE.label();
            case Fates.CONTAMINATION -> Fates.CONTAMINATION;
            default -> rule;
        };
    }
}
