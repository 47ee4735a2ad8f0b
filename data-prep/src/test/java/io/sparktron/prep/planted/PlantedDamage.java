package io.sparktron.prep.planted;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** Broken bytes, texts that are none, and texts that are very long. */
public final class PlantedDamage {
    private static final String READ = "read";
    private static final int GIANT_LINE = 1_500_000;
    private static final int GIANT = 10_000_000;

    public static final String MOJIBAKE = "damage/mojibake.txt";
    public static final String SHORT = "damage/short.txt";
    public static final String GIANT_LINE_FILE = "damage/giant-line.txt";
    public static final String LINES = "damage/lines.jsonl";

    private PlantedDamage() {}

    static void plant(PlantedCorpus corpus, Passages passages) throws IOException {
        undecodable(corpus, passages);
        corpus.file("", Planted.dropped("damage/empty.txt", "no byte", READ, "empty"));
        corpus.file(" \t\r\n \u2003\n\n", Planted.dropped("damage/blank.txt", "white space alone", READ, "empty"));
        corpus.file("\uFEFF" + passages.text(200), Planted.kept("damage/marked.txt", "a byte order mark"));
        corpus.file(
                passages.text(200).replace(" ", "\u0000 \u0007"),
                Planted.kept("damage/controls.txt", "NUL and BEL between the words"));
        corpus.file(passages.text(60), Planted.dropped(SHORT, "60 words: under 128 tokens", "filter", "tokens >= 128"));
        corpus.file(misread(passages.text(200)), Planted.kept(MOJIBAKE, "UTF-8 that was read as windows-1252"));
        lines(corpus, passages);
        long seed = 17;
        corpus.file(giant(passages, seed, GIANT_LINE, GIANT_LINE), Planted.kept(GIANT_LINE_FILE, "a line of 1.5 MB"));
        corpus.file(giant(passages, seed + 1, GIANT, 600), Planted.kept("damage/giant.txt", "10 MB"));
        byte[] whole = gzip(passages.text(400).getBytes(StandardCharsets.UTF_8));
        corpus.file(whole, Planted.kept("damage/whole.txt.gz", "compressed"));
        corpus.file(
                Arrays.copyOf(whole, whole.length / 2),
                Planted.dropped("damage/torn.txt.gz", "half of a compressed file", READ, "damaged"));
    }

    private static void undecodable(PlantedCorpus corpus, Passages passages) throws IOException {
        byte[] wrong = passages.text(200).getBytes(StandardCharsets.UTF_8);
        wrong[wrong.length / 2] = (byte) 0xFF;
        corpus.file(wrong, Planted.dropped("damage/broken.txt", "a byte that UTF-8 has not", READ, "undecodable"));
        byte[] cut = (passages.text(200) + "Zürich").getBytes(StandardCharsets.UTF_8);
        corpus.file(
                Arrays.copyOf(cut, cut.length - "rich".length() - 1),
                Planted.dropped("damage/cut.txt", "ends in the middle of a character", READ, "undecodable"));
    }

    /** Apostrophes, dashes and accents as they look when UTF-8 was read in a character set of one byte. */
    private static String misread(String text) {
        String accented =
                text.replaceFirst(" ", " a ‘café’ — naïve, isn’t it? — ").replaceFirst("\n\n", "\n\nÜber Zürich. ");
        return new String(accented.getBytes(StandardCharsets.UTF_8), Charset.forName("windows-1252"));
    }

    private static void lines(PlantedCorpus corpus, Passages passages) throws IOException {
        StringBuilder lines = new StringBuilder();
        String text = passages.text(200).replace("\n", "\\n");
        line(corpus, lines, "{\"text\": \"" + text + "\", \"url\": \"a\"}", Planted.kept("", "a good line"));
        line(corpus, lines, "{\"text\": \"torn", Planted.dropped("", "half a line", READ, "malformed"));
        line(corpus, lines, "[1, 2]", Planted.dropped("", "a list", READ, "malformed"));
        line(corpus, lines, "{\"body\": \"x\"}", Planted.dropped("", "another field", READ, "no-text"));
        line(corpus, lines, "{\"text\": null}", Planted.dropped("", "null", READ, "no-text"));
        line(corpus, lines, "{\"text\": 7}", Planted.dropped("", "a number", READ, "no-text"));
        line(
                corpus,
                lines,
                "{\"text\": \"\\ud800\"}",
                Planted.dropped("", "half a surrogate pair", READ, "undecodable"));
        line(corpus, lines, "{\"text\": \"\"}", Planted.dropped("", "an empty text", READ, "empty"));
        String last = passages.text(200).replace("\n", "\\n");
        line(corpus, lines, "{\"text\": \"" + last + "\"}", Planted.kept("", "a good line after bad ones"));
        corpus.bytes(LINES, lines.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static void line(PlantedCorpus corpus, StringBuilder lines, String line, Planted what) {
        int place = lines.toString().getBytes(StandardCharsets.UTF_8).length;
        corpus.record(
                new Planted(LINES + " at byte " + place, what.what(), what.stage(), what.rule(), what.survivor()));
        lines.append(line).append('\n');
    }

    /** Words of the passages in any order, with a line end after so many characters. */
    private static String giant(Passages passages, long seed, int characters, int lineLength) {
        List<String> words = passages.words(4000);
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder(characters + 100);
        int lineStart = 0;
        while (text.length() < characters) {
            text.append(words.get(random.nextInt(words.size())));
            boolean full = text.length() - lineStart > lineLength;
            text.append(full ? ".\n" : " ");
            lineStart = full ? text.length() : lineStart;
        }
        return text.append("the end.\n").toString();
    }

    static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(plain);
        }
        return bytes.toByteArray();
    }
}
