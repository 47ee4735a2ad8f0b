package io.sparktron.prep.quality;

/** Tallies of single characters in the order of a text: ends of sentences, ellipses, hash signs, braces, line feeds. */
final class Marks {
    private enum State {
        INSIDE, // of a sentence
        ENDED, // a mark was read that ends a sentence if white space follows
        COUNTED // a mark was read that ends a sentence whatever follows
    }

    private State state = State.INSIDE;
    private int dots; // in a row
    private int sentences;
    private int ellipses;
    private int hashSigns;
    private int braces;
    private int lineFeeds;

    void next(int codePoint, byte kind) {
        if (kind == CharacterKinds.OTHER) {
            mark(codePoint);
        } else {
            if (kind == CharacterKinds.SPACE) {
                end();
                lineFeeds += codePoint == '\n' ? 1 : 0;
            }
            state = State.INSIDE;
            dots = 0;
        }
    }

    /** White space, or the end of the text. */
    void end() {
        if (state == State.ENDED) {
            sentences++;
        }
        state = State.INSIDE;
    }

    private void mark(int codePoint) {
        dots = codePoint == '.' ? dots + 1 : 0;
        switch (codePoint) {
            case '.' -> {
                // The third of a row makes it an ellipsis, which ends nothing.
                ellipses += dots == 3 ? 1 : 0;
                ended(dots < 3);
            }
            case '!', '?', '\u061F', '\u06D4', '\u0964', '\u0965' -> ended(true); // also Arabic, Urdu, Devanagari
            case '\u3002', '\uFF01', '\uFF0E', '\uFF1F', '\uFF61' -> {
                // East Asian marks, which no white space follows.
                sentences += state == State.COUNTED ? 0 : 1;
                state = State.COUNTED;
            }
            case '\u2026' -> {
                ellipses++;
                ended(false);
            }
            case '#' -> {
                hashSigns++;
                state = State.INSIDE;
            }
            case '{', '}' -> {
                braces++;
                state = State.INSIDE;
            }
            default -> {
                if (!LineEnds.closes(codePoint)) {
                    state = State.INSIDE;
                }
            }
        }
    }

    private void ended(boolean sentence) {
        if (state != State.COUNTED) {
            state = sentence ? State.ENDED : State.INSIDE;
        }
    }

    int sentences() {
        return sentences;
    }

    int ellipses() {
        return ellipses;
    }

    int hashSigns() {
        return hashSigns;
    }

    int braces() {
        return braces;
    }

    int lineFeeds() {
        return lineFeeds;
    }
}
