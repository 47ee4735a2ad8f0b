package io.sparktron.prep.clean;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.prep.read.SampleCorpus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Masking and line rules with their borders, and all of it together. */
class CleaningTest {
    private static final CleanSettings NONE = new CleanSettings(false, false, false, false);
    private static final CleanSettings ALL = new CleanSettings(true, true, true, true);

    @Test
    void emailAddressesAreMasked() {
        assertThat(EmailMask.mask("Write to Jane.Doe+x@mail.example.com, or a_b%c@x-y.org.")
                        .text())
                .isEqualTo("Write to <email>, or <email>.");
        assertThat(EmailMask.mask("a@b.cd").count()).isEqualTo(1);
        assertThat(EmailMask.mask("End.jane@example.org").text()).isEqualTo("<email>");
        assertThat(EmailMask.mask("mailto:x@y.de?subject=z").text()).isEqualTo("mailto:<email>?subject=z");
        for (String none : new String[] {
            "", "@", "a@", "@b.cd", "a@b", "a@b.c", "a@10.0.0.1", "a @b.cd", "pkg@1.2.3", "a@.cd", "@@@"
        }) {
            assertThat(EmailMask.mask(none)).as(none).isEqualTo(new Cleaning.Counted(none, 0));
        }
        String local = "x".repeat(70);
        assertThat(EmailMask.mask(local + "@b.cd").text()).isEqualTo("xxxxxx<email>");
    }

    @Test
    void publicAddressesAreMaskedAndOthersStay() {
        assertThat(AddressMask.mask("from 8.8.8.8, 1.1.1.1:53 and 93.184.216.34.")
                        .text())
                .isEqualTo("from <ip>, <ip>:53 and <ip>.");
        assertThat(AddressMask.mask("9.255.255.255").count()).isEqualTo(1);
        assertThat(AddressMask.mask("172.15.0.1 172.32.0.1 100.63.0.1 100.128.0.1 169.253.0.1 223.255.255.255")
                        .count())
                .isEqualTo(6);
        for (String stays : new String[] {
            "",
            "1",
            "1.2.3",
            "1.2.3.4.5",
            "v1.2.3.4",
            "1.2.3.4b",
            "256.1.1.1",
            "01.2.3.4",
            "1..2.3",
            "1.2.3.400",
            "0.0.0.0",
            "10.1.2.3",
            "127.0.0.1",
            "100.64.0.1",
            "100.127.9.9",
            "169.254.1.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.1",
            "198.18.0.1",
            "198.19.1.1",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255"
        }) {
            assertThat(AddressMask.mask(stays)).as(stays).isEqualTo(new Cleaning.Counted(stays, 0));
        }
        assertThat(AddressMask.mask("version 1.2.3.4 reads as one").text()).isEqualTo("version <ip> reads as one");
    }

    @Test
    void linesThatC4RefusesGo() {
        assertThat(C4Lines.keep("Three words here.")).isEqualTo(new Cleaning.Counted("Three words here.", 0));
        String text =
                "Home | News | About\n\nA first sentence that stays.\nTwo words.\n\nRead on...\n\n\"It stays too,\" he said.\n"
                        + "Please enable JavaScript to go on.\nWe have a Privacy Policy here.\nNo end\n\n  Is this the end of it?  ";
        assertThat(C4Lines.keep(text))
                .isEqualTo(new Cleaning.Counted(
                        "A first sentence that stays.\n\n\"It stays too,\" he said.\n\n  Is this the end of it?", 6));
        assertThat(C4Lines.keep("One two three.\n\n\n\nFour five six.").count()).isZero();
        assertThat(C4Lines.keep("a b " + "c".repeat(1000) + ".").count()).isEqualTo(1);
        assertThat(C4Lines.keep("a b " + "c".repeat(999) + ".").count()).isZero();
        assertThat(C4Lines.keep("日本語の文章を読みます。").count()).isZero();
        assertThat(C4Lines.keep("Nothing\nof it\nstays")).isEqualTo(new Cleaning.Counted("", 3));
        assertThat(C4Lines.keep("")).isEqualTo(new Cleaning.Counted("", 0));
    }

    @Test
    void everyStepIsDoneAndCounted() {
        String raw = "\uFEFFItâ€™s from jane@example.com at 8.8.8.8.\r\nMenu\r\nCafe\u0301 is open all day.\u0000";

        assertThat(Cleaning.clean(raw, ALL))
                .isEqualTo(new Cleaned("It’s from <email> at <ip>.\nCafé is open all day.", 1, 2, 1));
        assertThat(Cleaning.clean(raw, NONE))
                .isEqualTo(
                        new Cleaned("Itâ€™s from jane@example.com at 8.8.8.8.\nMenu\nCafé is open all day.", 0, 0, 0));
        assertThat(Cleaning.clean("", ALL)).isEqualTo(new Cleaned("", 0, 0, 0));
        assertThat(Cleaning.clean(" \t\r\n\u2003", CleanSettings.DEFAULT).text())
                .isEmpty();
    }

    @Test
    void marksInControlCharactersAreRepairedBeforeTheyAreRemoved() {
        assertThat(Cleaning.clean("It\u00E2\u0080\u0099s on\u00E2\u0080\u0094and on", CleanSettings.DEFAULT))
                .isEqualTo(new Cleaned("It’s on—and on", 2, 0, 0));
    }

    @Test
    void whiteSpaceInsideStays() {
        String text = "a\u00A0b\n\n\n\n\tc  d";
        assertThat(Cleaning.clean(text, CleanSettings.DEFAULT).text()).isEqualTo(text);
    }

    @Test
    void theSampleCorpusIsAsNormalised(@TempDir Path folder) throws IOException {
        String lines = Files.readString(SampleCorpus.copyTo(folder), StandardCharsets.UTF_8);
        assertThat(Cleaning.clean(lines, CleanSettings.DEFAULT))
                .isEqualTo(new Cleaned(TextNormalization.normalize(lines), 0, 0, 0));
    }

    /** With a quadratic step these would take hours. */
    @Test
    void giantTextsOfTheWorstKindsAreDone() {
        int length = 10_000_000;
        for (String part : new String[] {"@", "a@", "x", "1.", "1", "Ã©", "â€™", "ÃƒÂ", "\n", " a", ".@.", "Ð¿"}) {
            String text = part.repeat(length / part.length());
            assertThat(Cleaning.clean(text, ALL).text().length()).as(part).isLessThanOrEqualTo(length);
        }
    }

    @Test
    void settingsSayWhatTheyAre() {
        assertThat(CleanSettings.DEFAULT.asMap())
                .containsEntry("repair", "true")
                .containsEntry("mask-email", "false")
                .containsEntry("mask-ip", "false")
                .containsEntry("c4-lines", "false")
                .hasSize(4);
    }
}
