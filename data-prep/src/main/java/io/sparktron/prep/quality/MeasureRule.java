package io.sparktron.prep.quality;

import io.sparktron.tokens.InvalidInputException;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;

/**
 * A measure is at least, or at most, a threshold. A value equal to the threshold fulfils both, and so does NaN: a document does not fail by a ratio that it does not have. (An empty
 * text has 0 words and 0 tokens, which are numbers and fail.)
 *
 * @param threshold finite
 * @param set see {@link Rule#set}
 */
public record MeasureRule(Measure measure, Direction direction, double threshold, String set) implements Rule {
    private static final Pattern SYNTAX = Pattern.compile("\\s*(\\w+)\\s*(>=|<=)\\s*(\\S+)\\s*");

    /** On which side of the threshold values are good. */
    public enum Direction {
        AT_LEAST(">="),
        AT_MOST("<=");

        private final String symbol;

        Direction(String symbol) {
            this.symbol = symbol;
        }
    }

    static MeasureRule atLeast(Measure measure, double threshold, String set) {
        return new MeasureRule(measure, Direction.AT_LEAST, threshold, set);
    }

    static MeasureRule atMost(Measure measure, double threshold, String set) {
        return new MeasureRule(measure, Direction.AT_MOST, threshold, set);
    }

    /**
     * Reads a rule such as {@code tokens >= 128}.
     *
     * @param key the key that holds it, for errors
     * @throws InvalidInputException if it is none
     */
    static MeasureRule parse(String rule, String key) {
        Matcher matcher = SYNTAX.matcher(rule);
        if (!matcher.matches()) {
            throw new InvalidInputException(key + " = \"" + rule
                    + "\"; legal: MEASURE >= NUMBER or MEASURE <= NUMBER, such as " + "\"tokens >= 128\"");
        }
        String name = matcher.group(1);
        Measure measure = Measure.of(name)
                .orElseThrow(() -> new InvalidInputException(
                        key + " = \"" + rule + "\": there is no measure " + name + ", the nearest is "
                                + Measure.nearest(name).column() + "; legal: " + String.join(", ", Measure.columns())));
        double threshold = number(matcher.group(3))
                .orElseThrow(() -> new InvalidInputException(key + " = \"" + rule + "\": " + matcher.group(3)
                        + " is no number; legal: a finite decimal number, such as 0.25"));
        Direction direction =
                matcher.group(2).equals(Direction.AT_LEAST.symbol) ? Direction.AT_LEAST : Direction.AT_MOST;
        return new MeasureRule(measure, direction, threshold, key);
    }

    private static Optional<Double> number(String text) {
        try {
            double number = new BigDecimal(text).doubleValue();
            return Double.isFinite(number) ? Optional.of(number) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Whether a document with this value fulfils the rule. */
    public boolean holds(double value) {
        return direction == Direction.AT_LEAST ? !(value < threshold) : !(value > threshold);
    }

    /** Whether both bound the same measure on the same side. */
    boolean bounds(MeasureRule other) {
        return measure == other.measure && direction == other.direction;
    }

    @Override
    public String text() {
        return measure.column() + " " + direction.symbol + " "
                + BigDecimal.valueOf(threshold).stripTrailingZeros().toPlainString();
    }

    @Override
    public Column fails() {
        // Spark SQL takes NaN for larger than every number, so that only one side needs the exception.
        return direction == Direction.AT_LEAST
                ? valueColumn().lt(threshold)
                : valueColumn().gt(threshold).and(functions.not(functions.isnan(valueColumn())));
    }

    @Override
    public Column valueColumn() {
        return functions.col(measure.column());
    }

    @Override
    public Column thresholdColumn() {
        return functions.lit(threshold);
    }
}
