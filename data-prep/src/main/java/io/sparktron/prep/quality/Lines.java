package io.sparktron.prep.quality;

/** One pass over the lines of a text. Used for one text after the other. */
final class Lines {
    private static final int SHORT = 30; // characters

    private final Repeats lines = new Repeats();
    private final Repeats paragraphs = new Repeats();
    private int bullets;
    private int ellipses;
    private int terminal;
    private int punctuated;
    private int shortLines;

    // The paragraph that is being read.
    private long hash;
    private int length;

    void read(String text) {
        clear(text);
        for (int begin = 0, feed; begin < text.length(); begin = feed + 1) {
            feed = text.indexOf('\n', begin);
            feed = feed < 0 ? text.length() : feed;
            int from = begin;
            int to = feed;
            while (from < to && CharacterKinds.isSpace(text.charAt(from))) {
                from++;
            }
            while (to > from && CharacterKinds.isSpace(text.charAt(to - 1))) {
                to--;
            }
            if (from < to) {
                line(text, from, to);
            } else {
                closeParagraph();
            }
        }
        closeParagraph();
    }

    private void clear(String text) {
        lines.clear(text.length() / 64);
        paragraphs.clear(text.length() / 512);
        bullets = ellipses = terminal = punctuated = shortLines = 0;
        beginParagraph();
    }

    private void beginParagraph() {
        hash = Hash.START;
        length = 0;
    }

    private void line(String text, int from, int to) {
        int characters = text.codePointCount(from, to);
        long key = Hash.of(text, from, to);
        lines.add(key, characters);
        hash = Hash.with(hash ^ key, '\n');
        length += characters;
        bullets += LineEnds.isBullet(text.charAt(from)) ? 1 : 0;
        ellipses += LineEnds.isEllipsis(text, from, to) ? 1 : 0;
        terminal += LineEnds.isTerminal(text, from, to) ? 1 : 0;
        punctuated += LineEnds.isPunctuation(text, from, to) ? 1 : 0;
        shortLines += characters <= SHORT ? 1 : 0;
    }

    private void closeParagraph() {
        if (length > 0) {
            paragraphs.add(Hash.finished(hash), length);
            beginParagraph();
        }
    }

    Repeats lines() {
        return lines;
    }

    Repeats paragraphs() {
        return paragraphs;
    }

    int bullets() {
        return bullets;
    }

    int ellipses() {
        return ellipses;
    }

    int terminal() {
        return terminal;
    }

    int punctuated() {
        return punctuated;
    }

    int shortLines() {
        return shortLines;
    }
}
