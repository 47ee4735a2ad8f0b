package io.sparktron.prep.pack;

import io.sparktron.prep.read.DropReason;
import io.sparktron.prep.report.PrepReport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Sums over documents, by what became of them. */
public final class Totals {
    private final Map<String, Total> totals = new HashMap<>();

    /** Sums of the documents of one fate. */
    public static final class Total {
        private long documents;
        private long characters;
        private long tokens;
        private String example;

        long documents() {
            return documents;
        }

        long characters() {
            return characters;
        }

        long tokens() {
            return tokens;
        }
    }

    /**
     * @param fate a split, or the name of a {@link DropReason}
     * @param example the first of their locations
     */
    public void add(String fate, long documents, long characters, long tokens, String example) {
        Total total = totals.computeIfAbsent(fate, none -> new Total());
        total.documents += documents;
        total.characters += characters;
        total.tokens += tokens;
        total.example = total.example == null || example.compareTo(total.example) < 0 ? example : total.example;
    }

    public Total of(String fate) {
        return totals.getOrDefault(fate, new Total());
    }

    public PrepReport report(List<PrepReport.Split> splits) {
        return new PrepReport(
                false,
                totals.values().stream().mapToLong(Total::documents).sum(),
                totals.values().stream().mapToLong(Total::characters).sum(),
                dropped(),
                splits);
    }

    private List<PrepReport.Dropped> dropped() {
        List<PrepReport.Dropped> dropped = new ArrayList<>();
        for (DropReason reason : DropReason.values()) {
            Total total = totals.get(reason.name());
            if (total != null) {
                dropped.add(new PrepReport.Dropped(reason.label(), total.documents, total.characters, total.example));
            }
        }
        return dropped;
    }
}
