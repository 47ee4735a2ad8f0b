package io.sparktron.prep.pack;

import io.sparktron.prep.read.DropReason;
import io.sparktron.prep.report.PrepReport;
import io.sparktron.tokens.InvalidInputException;
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

    public static List<String> splits(PackSettings settings) {
        return settings.validationFraction() > 0
                ? List.of(UniqueDocuments.TRAIN, UniqueDocuments.VALIDATION)
                : List.of(UniqueDocuments.TRAIN);
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

    /**
     * Refuses a corpus that gives a split no sample.
     *
     * @param needs what a sample needs at least
     * @throws InvalidInputException if a split has no sample
     */
    public static void requireSamples(PrepReport report, PackSettings settings, String needs) {
        long usable =
                report.splits().stream().mapToLong(PrepReport.Split::documents).sum();
        for (PrepReport.Split split : report.splits()) {
            if (split.samples() == 0) {
                throw new InvalidInputException("The " + split.name() + " split has " + split.tokens() + " tokens of "
                        + split.documents() + " documents (" + usable + " usable in all), and a sample needs "
                        + needs + "; legal: more text, a shorter prep.sequence than "
                        + settings.sequence() + ", or another prep.validation-fraction than "
                        + settings.validationFraction() + " (0 = no validation split)");
            }
        }
    }
}
