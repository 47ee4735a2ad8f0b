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
        return line("  %s: %,d parameters", model.describe(), model.parameters());
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
