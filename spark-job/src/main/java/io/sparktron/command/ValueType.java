package io.sparktron.command;

import io.sparktron.job.AddressChoice;
import io.sparktron.job.PortRange;
import io.sparktron.prep.read.SourceSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * How the text of a value is read.
 *
 * @param legal what would be legal, for errors and help
 * @param reader returns the value or throws IllegalArgumentException
 */
record ValueType<T>(String legal, Function<String, T> reader) {

    static final ValueType<String> TEXT = new ValueType<>("text", Function.identity());

    static final ValueType<String> NAME = new ValueType<>("text that is not blank", text -> {
        require(!text.isBlank());
        return text;
    });

    static final ValueType<String> PATH = new ValueType<>("path", text -> {
        require(!text.isBlank());
        return text;
    });

    /** Comma-separated in text; a list in a configuration file. */
    static final ValueType<List<String>> PATHS = list("paths");

    /** The same of names. */
    static final ValueType<List<String>> NAMES = list("names");

    /** A HOCON list of objects. */
    static final ValueType<List<SourceSettings>> SOURCES =
            new ValueType<>("list of sources such as [{name = web, input = /web}]", SourceList::parse);

    /** The same, of which there may be none. */
    static final ValueType<List<String>> ANY_NAMES = new ValueType<>(
            "names, with commas between them, or nothing",
            text -> text.isEmpty() ? List.of() : NAMES.reader().apply(text));

    private static ValueType<List<String>> list(String things) {
        return new ValueType<>(things + ", with commas between them", text -> {
            List<String> parts = Arrays.stream(text.split(","))
                    .map(String::strip)
                    .filter(part -> !part.isEmpty())
                    .toList();
            require(!parts.isEmpty());
            return parts;
        });
    }

    static final ValueType<Boolean> FLAG = new ValueType<>("true or false", text -> {
        require(text.equals("true") || text.equals("false"));
        return text.equals("true");
    });

    static final ValueType<Double> NUMBER = new ValueType<>("number", text -> {
        double value = Double.parseDouble(text);
        require(Double.isFinite(value));
        return value;
    });

    static final ValueType<PortRange> PORTS =
            new ValueType<>("port or range of ports within 1-65535, such as 20000-20100", PortRange::parse);

    static final ValueType<AddressChoice> ADDRESS = new ValueType<>(
            "prefix such as 10.1.0.0/16 or fd00:1::/64, or network interface such as eth0", AddressChoice::new);

    static final ValueType<Double> ABOVE_ZERO = new ValueType<>("number above 0", text -> {
        double value = Double.parseDouble(text);
        require(Double.isFinite(value) && value > 0);
        return value;
    });

    static ValueType<Integer> integer(int least) {
        return new ValueType<>("integer of at least " + least, text -> {
            int value = Integer.parseInt(text);
            require(value >= least);
            return value;
        });
    }

    static ValueType<Long> longInteger(long least) {
        String legal = least == Long.MIN_VALUE ? "integer" : "integer of at least " + least;
        return new ValueType<>(legal, text -> {
            long value = Long.parseLong(text);
            require(value >= least);
            return value;
        });
    }

    static <E extends Enum<E>> ValueType<E> choice(List<E> values) {
        return new ValueType<>(
                values.stream().map(ValueType::lower).collect(Collectors.joining(" or ")),
                text -> values.stream()
                        .filter(value -> lower(value).equals(text))
                        .findFirst()
                        .orElseThrow(IllegalArgumentException::new));
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static void require(boolean legal) {
        if (!legal) {
            throw new IllegalArgumentException();
        }
    }
}
