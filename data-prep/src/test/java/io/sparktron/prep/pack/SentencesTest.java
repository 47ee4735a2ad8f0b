package io.sparktron.prep.pack;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SentencesTest {
    @Test
    void endAfterTerminatorsWhereNoLowerCaseFollows() {
        assertThat(Sentences.of("One. Two! Three? Four… Five"))
                .containsExactly("One.", "Two!", "Three?", "Four…", "Five");
        assertThat(Sentences.of("It costs 3.50 at example.com. really... no?! Yes."))
                .containsExactly("It costs 3.50 at example.com. really... no?!", "Yes.");
        assertThat(Sentences.of("He said \"Go.\" She went (home.) “Stop!” Then 4 came. 5 left."))
                .containsExactly("He said \"Go.\"", "She went (home.)", "“Stop!”", "Then 4 came.", "5 left.");
    }

    @Test
    void doNotEndAtAbbreviations() {
        assertThat(Sentences.of("Mr. Smith and J. R. Doe of the U.S. Army met Dr. No. They left. So did I. Good."))
                .containsExactly(
                        "Mr. Smith and J. R. Doe of the U.S. Army met Dr. No. They left.", "So did I.", "Good.");
    }

    @Test
    void endAtLinesUnlessTheyWereWrapped() {
        assertThat(Sentences.of("A title\nThe text was wrapped\nhere and goes on.\n\nand a new paragraph\n \n  2nd"))
                .containsExactly("A title", "The text was wrapped\nhere and goes on.", "and a new paragraph", "2nd");
    }

    @Test
    void endAtIdeographicStopsWithoutBlanks() {
        assertThat(Sentences.of("今日は晴れ。「行こう！」明日？いいえ")).containsExactly("今日は晴れ。", "「行こう！」", "明日？", "いいえ");
    }

    @Test
    void loseNothingButWhiteSpace() {
        String text = "  a. B?? C!\t\n\n\n...D \"E.\"  'F' g. " + "x.".repeat(50_000) + " Y.";

        assertThat(String.join("", Sentences.of(text)).replaceAll("\\s", "")).isEqualTo(text.replaceAll("\\s", ""));
        assertThat(Sentences.of("")).isEmpty();
        assertThat(Sentences.of(" \n ")).isEmpty();
    }
}
