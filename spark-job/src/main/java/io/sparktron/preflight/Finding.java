package io.sparktron.preflight;

import java.io.Serializable;
import java.util.Locale;

/**
 * What one check has found: a line of the report.
 *
 * @param check what was looked at, in a word or two
 * @param found what there is
 * @param fix what to add to the command line, or to do; empty where nothing is wrong or {@code found} says it already
 */
public record Finding(Level level, String check, String found, String fix) implements Serializable {
    /** How bad it is, from good to bad. */
    public enum Level {
        OK,
        /** A run will work, but not as well or not as repeatably as it could. */
        WARNING,
        /** A run would fail because of the cluster or a machine. */
        PROBLEM,
        /** A run would be refused because of its configuration or input. */
        MISTAKE;

        /** Whether a run would not come to its end. */
        public boolean stops() {
            return this == PROBLEM || this == MISTAKE;
        }

        /** For people, who do not care whose fault it is. */
        @Override
        public String toString() {
            return this == MISTAKE ? PROBLEM.toString() : name().toLowerCase(Locale.ROOT);
        }
    }

    static Finding ok(String check, String found) {
        return new Finding(Level.OK, check, found, "");
    }

    static Finding warning(String check, String found, String fix) {
        return new Finding(Level.WARNING, check, found, fix);
    }

    static Finding problem(String check, String found, String fix) {
        return new Finding(Level.PROBLEM, check, found, fix);
    }

    static Finding mistake(String check, String found, String fix) {
        return new Finding(Level.MISTAKE, check, found, fix);
    }

    /** One line. */
    @Override
    public String toString() {
        String line = check + ": " + found + (fix.isEmpty() ? "" : "; fix: " + fix);
        return line.replaceAll("\\s*\\R\\s*", " ");
    }
}
