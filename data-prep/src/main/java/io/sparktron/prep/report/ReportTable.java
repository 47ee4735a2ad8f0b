package io.sparktron.prep.report;

import io.sparktron.prep.pack.PackReport;
import io.sparktron.prep.read.DropReason;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** The report for people. */
public final class ReportTable {
    private static final String ROW = "%-14s %,15d %,18d";

    private ReportTable() {}

    public static void print(PrepReport report, PrintStream out) {
        line(out, "%-14s %15s %18s %15s %12s %11s", "", "documents", "characters", "tokens", "samples", "tail tokens");
        line(out, ROW, "read", report.documents(), report.characters());
        for (PrepReport.Dropped dropped : report.dropped()) {
            line(
                    out,
                    ROW + "   %s, as %s",
                    "- " + dropped.reason(),
                    dropped.documents(),
                    dropped.characters(),
                    explanation(dropped.reason()),
                    dropped.example());
        }
        for (PrepReport.Split split : report.splits()) {
            line(
                    out,
                    ROW + " %,15d %,12d %,11d",
                    split.name(),
                    split.documents(),
                    split.characters(),
                    split.tokens(),
                    split.samples(),
                    split.tailTokens());
        }
        if (report.sources().size() > 1) {
            sources(report.sources(), out);
        }
    }

    /** Of the training split. */
    private static void sources(List<PackReport.Source> sources, PrintStream out) {
        line(
                out,
                "%-14s %15s %18s %15s %12s %11s",
                "source",
                "documents",
                "tokens",
                "tokens in train",
                "times",
                "share");
        for (PackReport.Source source : sources) {
            line(
                    out,
                    ROW + " %,15d %,12.3f %10.2f%%   wanted %.2f%%",
                    source.name(),
                    source.documents(),
                    source.tokens(),
                    source.writtenTokens(),
                    source.epochs(),
                    100 * source.reachedShare(),
                    100 * source.wantedShare());
        }
    }

    private static String explanation(String reason) {
        for (DropReason known : DropReason.values()) {
            if (known.label().equals(reason)) {
                return known.explanation();
            }
        }
        return reason; // written by another version
    }

    private static void line(PrintStream out, String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values).stripTrailing());
    }
}
