package io.sparktron.prep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.tokens.InvalidInputException;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class PrepSettingsTest {
    private final PrepSettings settings = PrepSettings.of(List.of("in"), "out");

    @Test
    void filesHoldAbout64MillionTokensInWholeRowGroups() {
        assertThat(settings.withSequence(1024).samplesInFile()).isEqualTo(1 << 16);
        assertThat(settings.withSequence(1000).samplesInFile()).isEqualTo(262 * 256);
        assertThat(settings.withSequence(1 << 20).samplesInFile()).isEqualTo(256);
        assertThat(settings.withSamplesPerFile(512).samplesInFile()).isEqualTo(512);
    }

    @Test
    void namesTheKeyTheValueAndWhatIsLegal() {
        assertRefused(() -> PrepSettings.of(List.of(), "out"), "prep.input = []; legal: at least one");
        assertRefused(() -> PrepSettings.of(List.of("a", " "), "out"), "prep.input = ");
        assertRefused(() -> PrepSettings.of(List.of("in"), ""), "prep.output = ");
        assertRefused(() -> settings.withTextField(""), "prep.text-field = ");
        assertRefused(() -> settings.withSequence(0), "prep.sequence = 0; legal: 1 to 1048576");
        assertRefused(() -> settings.withSequence((1 << 20) + 1), "prep.sequence = 1048577");
        assertRefused(() -> settings.withMinimumCharacters(0), "prep.minimum-characters = 0");
        assertRefused(() -> settings.withValidationFraction(1), "prep.validation-fraction = 1.0");
        assertRefused(() -> settings.withValidationFraction(-0.1), "prep.validation-fraction = -0.1");
        assertRefused(() -> settings.withValidationFraction(Double.NaN), "prep.validation-fraction = NaN");
        assertRefused(() -> settings.withSamplesPerFile(100), "prep.samples-per-file = 100; legal: a multiple of 256");
        assertRefused(() -> settings.withSamplesPerFile(-256), "prep.samples-per-file = -256");
        assertRefused(() -> InputFormat.named("csv"), "prep.format = csv; legal: auto, text, jsonl, parquet");
    }

    @Test
    void formatsAreToldByTheNameOfTheFile() {
        assertThat(InputFiles.formatOf("a.JSONL.gz")).isEqualTo(InputFormat.JSONL);
        assertThat(InputFiles.formatOf("a.ndjson")).isEqualTo(InputFormat.JSONL);
        assertThat(InputFiles.formatOf("part-0.snappy.parquet")).isEqualTo(InputFormat.PARQUET);
        assertThat(InputFiles.formatOf("a.txt.zst")).isEqualTo(InputFormat.TEXT);
        assertThat(InputFiles.formatOf("json")).isEqualTo(InputFormat.TEXT);
        assertThat(InputFormat.named("jsonl")).isEqualTo(InputFormat.JSONL);
    }

    private static void assertRefused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(InvalidInputException.class).hasMessageContaining(message);
    }
}
