package io.sparktron.prep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.prep.read.InputFiles;
import io.sparktron.prep.read.InputFormat;
import io.sparktron.tokens.InvalidInputException;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class PrepSettingsTest {
    private static SettingsBuilder settings() {
        return new SettingsBuilder("in", "out");
    }

    @Test
    void filesHoldAbout64MillionTokensInWholeRowGroups() {
        assertThat(settings().sequence(1024).build().pack().samplesInFile()).isEqualTo(1 << 16);
        assertThat(settings().sequence(1000).build().pack().samplesInFile()).isEqualTo(262 * 256);
        assertThat(settings().sequence(1 << 20).build().pack().samplesInFile()).isEqualTo(256);
        assertThat(settings().samplesPerFile(512).build().pack().samplesInFile())
                .isEqualTo(512);
    }

    @Test
    void namesTheKeyTheValueAndWhatIsLegal() {
        assertRefused(() -> new SettingsBuilder(List.of(), "out").build(), "prep.input = []; legal: at least one");
        assertRefused(() -> new SettingsBuilder(List.of("a", " "), "out").build(), "prep.input = ");
        assertRefused(() -> new SettingsBuilder(List.of("in"), "").build(), "prep.output = ");
        assertRefused(() -> settings().textField("").build(), "prep.text-field = ");
        assertRefused(() -> settings().sequence(0).build(), "prep.sequence = 0; legal: 1 to 1048576");
        assertRefused(() -> settings().sequence((1 << 20) + 1).build(), "prep.sequence = 1048577");
        assertRefused(() -> settings().minimumCharacters(0).build(), "prep.minimum-characters = 0");
        assertRefused(() -> settings().validationFraction(1).build(), "prep.validation-fraction = 1.0");
        assertRefused(() -> settings().validationFraction(-0.1).build(), "prep.validation-fraction = -0.1");
        assertRefused(() -> settings().validationFraction(Double.NaN).build(), "prep.validation-fraction = NaN");
        assertRefused(
                () -> settings().samplesPerFile(100).build(), "prep.samples-per-file = 100; legal: a multiple of 256");
        assertRefused(() -> settings().samplesPerFile(-256).build(), "prep.samples-per-file = -256");
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
