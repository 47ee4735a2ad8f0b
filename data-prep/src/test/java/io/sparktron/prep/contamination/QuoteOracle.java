package io.sparktron.prep.contamination;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The obvious computation: n-grams as strings in sets, cuts as marks on code points. And a corpus full of quotes for it. */
final class QuoteOracle {
    private static final Pattern WORD = Pattern.compile("\\p{IsHan}|[\\p{L}\\p{Nd}&&[^\\p{IsHan}]]+");
    private static final String[] SIGNS = {" ", " ", " ", ", ", ". ", "\n", " -- ", "\t", " \ud83d\ude00 ", "\u3002"};
    private static final List<String> EVALUATION = evaluationTexts();

    private record Word(String folded, int from, int to) {}

    /** @param pieces null = dropped whole */
    record Result(int hits, String location, String ngram, List<String> pieces) {}

    private QuoteOracle() {}

    /** Twelve texts of three files, every other of them with the location before it; the seventh and later ones are short. */
    static Dataset<Row> evaluation() {
        return Tables.evaluation(EVALUATION.toArray(String[]::new));
    }

    private static List<String> evaluationTexts() {
        Random random = new Random(11);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            texts.add("file" + (2 - i % 3));
            int words = i < 6 ? 13 + random.nextInt(30) : 6 + random.nextInt(7);
            texts.add(sentence(random, words));
        }
        return texts;
    }

    /** Documents with random words, quotes of random parts of the evaluation texts, other signs between words, and another case. */
    static List<String> corpus(long seed, int documents) {
        Random random = new Random(seed);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < documents; i++) {
            StringBuilder text = new StringBuilder();
            for (int parts = random.nextInt(12); parts >= 0; parts--) {
                if (random.nextInt(3) > 0) {
                    text.append(sentence(random, random.nextInt(100)));
                } else {
                    List<Word> words = words(EVALUATION.get(2 * random.nextInt(EVALUATION.size() / 2) + 1));
                    int from = random.nextInt(3) > 0 ? 0 : random.nextInt(words.size());
                    for (Word word : words.subList(from, words.size())) {
                        text.append(SIGNS[random.nextInt(SIGNS.length)]);
                        text.append(random.nextBoolean() ? word.folded().toUpperCase(Locale.ROOT) : word.folded());
                    }
                }
                text.append(SIGNS[random.nextInt(SIGNS.length)]);
            }
            texts.add(text.toString().strip());
        }
        return texts;
    }

    private static String sentence(Random random, int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            int word = random.nextInt(400);
            text.append(i == 0 ? "" : " ").append(word < 20 ? "\u6a21" : word < 40 ? "\u00e9" + word : "w" + word);
        }
        return text.toString();
    }

    /** By id. */
    static Map<Long, Result> contamination(List<String> texts, ContaminationSettings settings) {
        TreeMap<String, String> locations = new TreeMap<>(); // n-gram to its first location
        Set<Integer> lengths = new HashSet<>();
        for (int i = 0; i < EVALUATION.size(); i += 2) {
            List<Word> words = words(EVALUATION.get(i + 1));
            int n = Math.min(settings.ngram(), words.size());
            if (n >= settings.shortest()) {
                lengths.add(n);
                for (int end = n; end <= words.size(); end++) {
                    locations.merge(
                            joined(words.subList(end - n, end)),
                            EVALUATION.get(i),
                            (one, other) -> one.compareTo(other) < 0 ? one : other);
                }
            }
        }
        Map<String, Integer> documents = new HashMap<>();
        List<List<List<Word>>> hits = new ArrayList<>();
        for (String text : texts) {
            List<List<Word>> found = hits(words(text), lengths, locations.keySet());
            hits.add(found);
            found.stream()
                    .map(QuoteOracle::joined)
                    .distinct()
                    .forEach(ngram -> documents.merge(ngram, 1, Integer::sum));
        }
        Map<Long, Result> results = new TreeMap<>();
        for (int id = 0; id < texts.size(); id++) {
            List<List<Word>> left = hits.get(id).stream()
                    .filter(hit -> settings.common() == 0 || documents.get(joined(hit)) <= settings.common())
                    .toList();
            if (!left.isEmpty()) {
                String first = joined(left.get(0));
                results.put(
                        (long) id,
                        new Result(left.size(), locations.get(first), first, pieces(texts.get(id), left, settings)));
            }
        }
        return results;
    }

    private static List<List<Word>> hits(List<Word> words, Set<Integer> lengths, Set<String> ngrams) {
        List<List<Word>> hits = new ArrayList<>();
        for (int end = 1; end <= words.size(); end++) {
            for (int n = 1; n <= end; n++) {
                if (lengths.contains(n) && ngrams.contains(joined(words.subList(end - n, end)))) {
                    hits.add(words.subList(end - n, end));
                }
            }
        }
        return hits;
    }

    private static List<String> pieces(String text, List<List<Word>> hits, ContaminationSettings settings) {
        if (settings.policy() == ContaminationSettings.Policy.DROP) {
            return null;
        }
        int[] points = text.codePoints().toArray();
        boolean[] removed = new boolean[points.length];
        for (List<Word> hit : hits) {
            int from = text.codePointCount(0, hit.get(0).from()) - settings.window();
            int to = text.codePointCount(0, hit.get(hit.size() - 1).to()) + settings.window();
            for (int i = Math.max(0, from); i < Math.min(to, points.length); i++) {
                removed[i] = true;
            }
        }
        List<String> pieces = new ArrayList<>();
        StringBuilder piece = new StringBuilder();
        for (int i = 0; i <= points.length; i++) {
            if (i < points.length && !removed[i]) {
                piece.appendCodePoint(points[i]);
                continue;
            }
            String stripped = piece.toString().strip();
            if (stripped.codePointCount(0, stripped.length()) >= settings.shortestPiece()) {
                pieces.add(stripped);
            }
            piece.setLength(0);
        }
        return pieces.isEmpty() || pieces.size() > settings.mostPieces() ? null : pieces;
    }

    private static String joined(List<Word> words) {
        return String.join(" ", words.stream().map(Word::folded).toList());
    }

    private static List<Word> words(String text) {
        List<Word> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(text);
        while (matcher.find()) {
            words.add(new Word(matcher.group().toLowerCase(Locale.ROOT), matcher.start(), matcher.end()));
        }
        return words;
    }
}
