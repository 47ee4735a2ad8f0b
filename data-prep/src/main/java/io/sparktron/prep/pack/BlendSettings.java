package io.sparktron.prep.pack;

import io.sparktron.tokens.InvalidInputException;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * In which shares the sources make up the tokens of the training split; validation and test hold every document once, since a text that is measured twice says nothing
 * more.
 *
 * @param sources their names; a document's {@code source} is an index into them
 * @param weights {@code prep.sources: weight}: of each source, relative to their sum; none = every document once
 * @param tokens {@code prep.blend-tokens}: tokens that the training split shall have, about; 0 = as many as the documents of all sources have. So
 *     with weights the dataset keeps its size: sources whose wanted share is above their own are repeated, the others are sampled down
 */
public record BlendSettings(List<String> sources, List<Double> weights, long tokens) implements Serializable {
    public BlendSettings {
        sources = List.copyOf(sources);
        weights = List.copyOf(weights);
        require(!sources.isEmpty(), "prep.sources", sources, "at least one");
        require(
                weights.isEmpty() || weights.size() == sources.size(),
                "prep.sources: weight",
                weights,
                "one for each of " + sources + ", or none at all");
        for (int i = 0; i < weights.size(); i++) {
            double weight = weights.get(i);
            require(weight > 0 && Double.isFinite(weight), key(sources.get(i)), weight, "a number above 0");
        }
        require(tokens >= 0, "prep.blend-tokens", tokens, "a whole number from 0 on (0 = as many as there are)");
        require(
                tokens == 0 || !weights.isEmpty(),
                "prep.blend-tokens",
                tokens,
                "0, or a weight for each of prep.sources");
    }

    /** Every document once. */
    public static BlendSettings natural(List<String> sources) {
        return new BlendSettings(sources, List.of(), 0);
    }

    boolean isNatural() {
        return weights.isEmpty();
    }

    static String key(String source) {
        return "prep.sources[" + source + "].weight";
    }

    /** The share of the training split's tokens that a source shall have. */
    double share(int source) {
        return weights.get(source)
                / weights.stream().mapToDouble(Double::doubleValue).sum();
    }

    /**
     * Divides tokens by weight, exactly: the parts are whole numbers whose sum is {@code total}, by the method of largest remainders (of equal ones that of the earlier source is
     * rounded up).
     *
     * @return [sources]
     */
    long[] parts(long total) {
        List<BigDecimal> exact = weights.stream().map(BigDecimal::valueOf).toList();
        BigDecimal sum = exact.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
        long[] parts = new long[exact.size()];
        List<BigDecimal> remainders = new ArrayList<>();
        long left = total;
        for (int i = 0; i < parts.length; i++) {
            BigDecimal[] divided =
                    exact.get(i).multiply(BigDecimal.valueOf(total)).divideAndRemainder(sum);
            BigInteger whole = divided[0].toBigIntegerExact();
            parts[i] = whole.longValueExact();
            remainders.add(divided[1]);
            left -= parts[i];
        }
        IntStream.range(0, parts.length)
                .boxed()
                .sorted(Comparator.comparing((Integer i) -> remainders.get(i)).reversed())
                .limit(left)
                .forEach(i -> parts[i]++);
        return parts;
    }

    /** All that has a part in the result, by key. */
    public Map<String, String> asMap() {
        Map<String, String> values = new TreeMap<>();
        for (int i = 0; i < weights.size(); i++) {
            values.put(key(sources.get(i)), Double.toString(weights.get(i)));
        }
        values.put("prep.blend-tokens", Long.toString(tokens));
        return values;
    }

    private static void require(boolean legal, String key, Object value, String what) {
        if (!legal) {
            throw new InvalidInputException(key + " = " + value + "; legal: " + what);
        }
    }
}
