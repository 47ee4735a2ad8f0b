package io.sparktron.prep.quality;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Own sentences in many languages and scripts, and texts of none. */
class LanguageIdentifierTest {
    private static final Map<String, String> SENTENCES = sentences();

    private final LanguageIdentifier identifier = new LanguageIdentifier();

    private static Map<String, String> sentences() {
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("en", "The old bridge was closed last winter because nobody had money to repair it.");
        texts.put(
                "de",
                "Die alte Br\u00FCcke wurde im letzten Winter gesperrt, weil niemand Geld f\u00FCr die Reparatur hatte.");
        texts.put(
                "fr",
                "Le vieux pont a \u00E9t\u00E9 ferm\u00E9 l'hiver dernier parce que personne n'avait d'argent pour le r\u00E9parer.");
        texts.put(
                "es",
                "El viejo puente se cerr\u00F3 el invierno pasado porque nadie ten\u00EDa dinero para arreglarlo.");
        texts.put(
                "it",
                "Il vecchio ponte \u00E8 stato chiuso lo scorso inverno perch\u00E9 nessuno aveva i soldi per ripararlo.");
        texts.put("nl", "De oude brug werd afgelopen winter gesloten omdat niemand geld had om hem te herstellen.");
        texts.put(
                "pl",
                "Stary most zosta\u0142 zamkni\u0119ty zesz\u0142ej zimy, poniewa\u017C nikt nie mia\u0142 pieni\u0119dzy na jego napraw\u0119.");
        texts.put(
                "ru",
                "\u0421\u0442\u0430\u0440\u044B\u0439 \u043C\u043E\u0441\u0442 \u0437\u0430\u043A\u0440\u044B\u043B\u0438 \u043F\u0440\u043E\u0448\u043B\u043E\u0439 \u0437\u0438\u043C\u043E\u0439, \u043F\u043E\u0442\u043E\u043C\u0443 \u0447\u0442\u043E \u043D\u0438 \u0443 \u043A\u043E\u0433\u043E \u043D\u0435 \u0431\u044B\u043B\u043E \u0434\u0435\u043D\u0435\u0433 \u043D\u0430 \u0440\u0435\u043C\u043E\u043D\u0442.");
        texts.put(
                "el",
                "\u0397 \u03C0\u03B1\u03BB\u03B9\u03AC \u03B3\u03AD\u03C6\u03C5\u03C1\u03B1 \u03AD\u03BA\u03BB\u03B5\u03B9\u03C3\u03B5 \u03C4\u03BF\u03BD \u03C7\u03B5\u03B9\u03BC\u03CE\u03BD\u03B1.");
        texts.put(
                "ja",
                "\u53E4\u3044\u6A4B\u306F\u53BB\u5E74\u306E\u51AC\u306B\u9589\u9396\u3055\u308C\u307E\u3057\u305F\u3002");
        texts.put(
                "zh",
                "\u53BB\u5E74\u51AC\u5929\u65E7\u6865\u5173\u95ED\u4E86\uFF0C\u56E0\u4E3A\u6CA1\u6709\u94B1\u4FEE\u7406\u3002");
        texts.put(
                "ko",
                "\uC624\uB798\uB41C \uB2E4\uB9AC\uB294 \uC9C0\uB09C \uACA8\uC6B8\uC5D0 \uD3D0\uC1C4\uB418\uC5C8\uB2E4.");
        return texts;
    }

    @Test
    void findsTheLanguageOfASentence() {
        SENTENCES.forEach((code, sentence) -> {
            Language language = identifier.of(sentence);
            assertThat(language.code()).as(sentence).isEqualTo(code);
            assertThat(language.score()).as(sentence).isBetween(0.5, 1.0);
        });
    }

    @Test
    void capitalsAndPunctuationDoNotMatter() {
        assertThat(identifier.of(SENTENCES.get("en").toUpperCase(Locale.ROOT)))
                .isEqualTo(identifier.of(SENTENCES.get("en")));
        assertThat(identifier.of(SENTENCES.get("en").replace(" ", "... ")).code())
                .isEqualTo("en");
    }

    @Test
    void aTextOfTwoLanguagesHasALowScore() {
        String english = (SENTENCES.get("en") + " ").repeat(200);
        String german = (SENTENCES.get("de") + " ").repeat(200);
        assertThat(identifier.of(english).score()).isGreaterThan(0.99);
        assertThat(identifier.of(english + german).score()).isBetween(0.3, 0.7);
    }

    @Test
    void whatHasNoLanguageIsUnknown() {
        for (String text :
                new String[] {"", " \n", "x", "12345 67890 -- 3.14 +++", "\uD83D\uDE00".repeat(500), "\uD800", "ab cd"
                }) {
            assertThat(identifier.of(text)).as(text).isEqualTo(Language.UNKNOWN);
        }
        // A script without a profile: Cherokee.
        assertThat(identifier.of("\u13A0\u13A1\u13A2\u13A3 ".repeat(20))).isEqualTo(Language.UNKNOWN);
    }

    @Test
    void theSameTextHasTheSameScoreWhateverCameBefore() {
        String text =
                SENTENCES.values().stream().collect(Collectors.joining(" ")).repeat(50);
        Language first = new LanguageIdentifier().of(text);
        SENTENCES.values().forEach(identifier::of);
        assertThat(identifier.of(text)).isEqualTo(first);
    }

    @Test
    void aGiantTextIsLookedAtInPlaces() {
        String text = SENTENCES.get("fr").repeat(30_000); // one line of 2.7 MB
        Language language = identifier.of(text);
        assertThat(language.code()).isEqualTo("fr");
        assertThat(language.score()).isGreaterThan(0.99);
    }

    @Test
    void codesAreSortedAndEndWithUnknown() {
        assertThat(Language.codes()).hasSize(69).startsWith("af", "an", "ar").endsWith("zh", "unknown");
        assertThat(Language.codes().subList(0, 68)).isSorted();
    }
}
