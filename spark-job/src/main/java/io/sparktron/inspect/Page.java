package io.sparktron.inspect;

import io.sparktron.model.ModelConfig;
import java.util.Locale;

/** Lines for people. */
final class Page {
    private final StringBuilder text = new StringBuilder();

    Page line(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
        return this;
    }

    Page model(ModelConfig model) {
        return line(
                "  %s of %d layers, hidden size %,d, %d heads, sequence %,d, %,d positions, vocabulary %,d: %,d parameters",
                model.title(),
                model.layers(),
                model.hidden(),
                model.heads(),
                model.sequence(),
                model.positions(),
                model.vocabulary(),
                model.parameters());
    }

    static String bytes(long bytes) {
        return bytes < 1 << 20
                ? String.format(Locale.ROOT, "%,d bytes", bytes)
                : String.format(Locale.ROOT, "%,.1f MiB", bytes / (double) (1 << 20));
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
