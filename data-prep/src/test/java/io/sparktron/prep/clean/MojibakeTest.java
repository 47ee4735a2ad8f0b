package io.sparktron.prep.clean;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sentences in many languages: misread they come back, and as they are nothing happens to them. */
class MojibakeTest {
    private static final List<String> SENTENCES = List.of(
            "Le garçon naïf a mangé des crêpes à l’Hôtel où l’œuvre d’Étienne était exposée.",
            "«\u00A0Où est passé l’été\u00A0?\u00A0» demanda-t-elle\u00A0; «\u00A0là-bas\u00A0!\u00A0»",
            "Não, as irmãs não virão amanhã; a maçã está à mão, e você também.",
            "El niño comió piñones en la montaña; ¿qué más quería? ¡Más!",
            "Die Größe der Straße überraschte Jörg: „Über fünfzig Füße!“, rief er – mit Spaß.",
            "Vi går till ån på fjället, där älgen äter blåbär.",
            "På øen så vi æbler og blå bær.",
            "Það er gott að búa á Íslandi, sagði Þórður.",
            "Żółw pił źródlaną wodę; gęś śpiewała, a ćma łkała.",
            "Příliš žluťoučký kůň úpěl ďábelské ódy.",
            "Şoförün çığlığı gökyüzünü inletti.",
            "Az árvíztűrő tükörfúrógép működött.",
            "În această dimineață, țăranii șed și râd.",
            "Tiếng Việt có nhiều dấu: đường phố, người, những buổi chiều.",
            "Эта книга лежит на столе, и в ней много слов.",
            "Η γλώσσα είναι όμορφη και παλιά.",
            "השפה העברית נכתבת מימין לשמאל",
            "اللغة العربية تكتب من اليمين",
            "日本語の文章を読みます。",
            "中文文本，很短。",
            "한국어 문장입니다",
            "भाषा सुंदर है",
            "It’s “quoted” — and costs 5 € or £4, ½ of it… © 2020 Acme™ 😀");

    @Test
    void whatWasMisreadComesBack() {
        for (String sentence : SENTENCES) {
            for (String misread : List.of(latin1(sentence), windows1252(sentence))) {
                assertThat(Mojibake.repair(misread).text()).as(misread).isEqualTo(sentence);
            }
        }
    }

    @Test
    void realTextStaysAsItIs() {
        for (String sentence : SENTENCES) {
            assertStays(sentence);
        }
        // Capitals and sharp s before closing marks also spell UTF-8.
        for (String word : List.of(
                "MAÇÃ",
                "IRMÃ",
                "AMANHÃ",
                "CAFÉ",
                "DÉJÀ",
                "FORÊT",
                "OÙ",
                "MENÜ",
                "Spaß",
                "ÄRGER",
                "FÅ",
                "ANDALUZÍA",
                "ESTÁ",
                "olé",
                "está",
                "maçã",
                "você",
                "bâ",
                "Ô",
                "CHÂ",
                "BỘ",
                "ÞÚ",
                "Việt")) {
            for (String marks : List.of(
                    "”", "“", "’", "…", "»", "\u00A0!", "…”", "”…", "»,", "’”", "»…", "…»", "”,", "–", "—", "™", "®",
                    "²", "»’", "“ ")) {
                assertStays("Ele disse „" + word + marks + " E foi " + word + marks);
                assertStays(word + marks);
            }
        }
        assertStays("bonds of 1.5 Å–2.0 Å, 3 Å³ and 5 Å±0.1");
        assertStays("les lettres «Â» et “Ã”, litera „Â”, (Â)");
        assertStays("«Ya está»… y «allá»’ dijo");
        assertStays("");
        assertStays("Ã");
        assertStays("â€");
    }

    @Test
    void twoAndThreeLayersArePeeled() {
        String twice = windows1252(windows1252("l’été déjà à Nîmes"));
        assertThat(Mojibake.repair(twice).text()).isEqualTo("l’été déjà à Nîmes");
        assertThat(Mojibake.repair(windows1252(twice)).text()).isEqualTo("l’été déjà à Nîmes");
        assertThat(Mojibake.repair("cafÃƒÂ© crÃ¨me")).isEqualTo(new Cleaning.Counted("café crème", 4));
    }

    @Test
    void correctTextBesideTheMistakeStays() {
        assertThat(Mojibake.repair("Déjà vu: dÃ©jÃ\u00A0 vu, naïve – naÃ¯ve").text())
                .isEqualTo("Déjà vu: déjà vu, naïve – naïve");
        assertThat(Mojibake.repair("Ã–sterreich, OÃ¹, GRÃ–ÃŸE, Ã‰tat, 20Â°C, Â©\u00A02020")
                        .text())
                .isEqualTo("Österreich, Où, GRÖßE, État, 20°C, ©\u00A02020");
    }

    @Test
    void whatSpellsNoUtf8Stays() {
        assertStays("À\u0080 Á\u0081"); // C0 and C1 begin nothing
        assertStays("à\u0080\u0080 ð\u0080\u0080\u0080"); // longer than need be
        assertStays("í\u00A0\u0080"); // half of a surrogate pair
        assertStays("ô\u0090\u0080\u0080"); // beyond the last code point
        assertStays("Ã\u00A0".substring(0, 1));
    }

    private static void assertStays(String text) {
        assertThat(Mojibake.repair(text)).as(text).isEqualTo(new Cleaning.Counted(text, 0));
    }

    private static String latin1(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** Windows-1252 as browsers read it: the five bytes that it has no sign for are control characters. */
    private static String windows1252(String text) {
        StringBuilder misread = new StringBuilder();
        for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
            char sign = new String(new byte[] {value}, Charset.forName("windows-1252")).charAt(0);
            misread.append(sign == '\uFFFD' ? (char) (value & 0xFF) : sign);
        }
        return misread.toString();
    }
}
