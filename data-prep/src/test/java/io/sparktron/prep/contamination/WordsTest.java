package io.sparktron.prep.contamination;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a word is, and that the walk over n-grams sees the same words at their places. */
class WordsTest {
    @Test
    void wordsAreRunsOfLettersAndDigitsOfOneCase() {
        assertFolded("The cat -- it isn't 42!", "the cat it isn t 42");
        assertFolded("state-of-the-art, e.g. x_y", "state of the art e g x y");
        assertFolded("ÄÖÜ ΟΔΟΣ οδός Straße", "äöü οδοσ οδόσ straße");
        assertFolded("  ", "");
        assertFolded("", "");
        assertFolded("\ud835\udc00\ud801\udc00x", "\ud835\udc00\ud801\udc28x"); // letters of other planes
    }

    @Test
    void ideographsAndKanaAreWordsAlone() {
        assertFolded("GPT模型は、2つの層。", "gpt 模 型 は 2 つ の 層");
        assertFolded("カード ｶﾅ 々〇 \ud840\udc00", "カ ー ド ｶ ﾅ 々 〇 \ud840\udc00");
        assertFolded("한국어 문장", "한국어 문장"); // Korean has spaces
    }

    @Test
    void marksAndFormatsDoNotCount() {
        assertFolded("con\u00adtami\u200dna\ufefftion", "contamination");
        assertFolded("e\u0301tude a\ufe0f", "etude a");
        assertFolded("one\u200btwo", "one two");
        assertFolded("\u00ad- \u0301", "");
    }

    @Test
    void foldingAgainChangesNothing() {
        for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
            String once = Words.folded(Character.toString(point), 0, Character.charCount(point));
            assertThat(Words.folded(once, 0, once.length())).as("U+%04X", point).isEqualTo(once);
        }
    }

    @Test
    void theWalkSeesTheWordsAtTheirPlaces() {
        Random random = new Random(5);
        String[] signs = {
            "a", "B", "7", " ", " ", "\n", "-", "é", "e\u0301", "\u00ad", "模", "の", "\ud83d\ude00", "\ud801\udc00", "ß"
        };
        for (int round = 0; round < 300; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(60); i > 0; i--) {
                text.append(signs[random.nextInt(signs.length)]);
            }
            int longest = 1 + random.nextInt(17);
            NGrams walk = new NGrams(text.toString(), longest);
            List<String> words = new ArrayList<>();
            while (walk.next()) {
                words.add(Words.folded(text.toString(), walk.start(1), walk.end()));
                assertThat(words.get(words.size() - 1)).doesNotContain(" ").isNotEmpty();
                assertThat(walk.words()).isEqualTo(words.size());
                for (int n = 1; n <= Math.min(longest, words.size()); n++) {
                    String last = String.join(" ", words.subList(words.size() - n, words.size()));
                    assertThat(Words.folded(text.toString(), walk.start(n), walk.end()))
                            .isEqualTo(last);
                    assertThat(walk.hash(n)).isEqualTo(hash(last));
                }
            }
            assertThat(String.join(" ", words)).isEqualTo(Words.folded(text.toString(), 0, text.length()));
        }
    }

    @Test
    void otherWordsHaveOtherHashes() {
        assertThat(List.of(hash("a b"), hash("b a"), hash("ab"), hash("a b c"), hash("b"), hash("a a"), hash("a")))
                .doesNotHaveDuplicates();
    }

    /** Of all words of a text. */
    private static long hash(String words) {
        NGrams walk = new NGrams(words, NGrams.LONGEST);
        while (walk.next()) {
            assertThat(walk.end()).isPositive();
        }
        return walk.hash(walk.words());
    }

    private static void assertFolded(String text, String words) {
        assertThat(Words.folded(text, 0, text.length())).isEqualTo(words);
    }
}
