package io.sparktron.prep;

import io.sparktron.tokenizer.WordPieceTokenizer;
import java.util.List;

/** The command line's defaults, of which a test changes what it is about. */
final class SettingsBuilder {
    private List<String> input;
    private String output;
    private InputFormat format = InputFormat.AUTO;
    private String textField = "text";
    private int sequence = 1024;
    private long seed = 1234;
    private int minimumCharacters = 100;
    private double validationFraction = 0.01;
    private int samplesPerFile;
    private BertSettings bert;

    SettingsBuilder(String input, String output) {
        this(List.of(input), output);
    }

    SettingsBuilder(List<String> input, String output) {
        this.input = input;
        this.output = output;
    }

    SettingsBuilder input(List<String> value) {
        input = value;
        return this;
    }

    SettingsBuilder output(String value) {
        output = value;
        return this;
    }

    SettingsBuilder format(InputFormat value) {
        format = value;
        return this;
    }

    SettingsBuilder textField(String value) {
        textField = value;
        return this;
    }

    SettingsBuilder sequence(int value) {
        sequence = value;
        return this;
    }

    SettingsBuilder seed(long value) {
        seed = value;
        return this;
    }

    SettingsBuilder minimumCharacters(int value) {
        minimumCharacters = value;
        return this;
    }

    SettingsBuilder validationFraction(double value) {
        validationFraction = value;
        return this;
    }

    SettingsBuilder samplesPerFile(int value) {
        samplesPerFile = value;
        return this;
    }

    SettingsBuilder bert(BertSettings value) {
        bert = value;
        return this;
    }

    PrepSettings build() {
        return new PrepSettings(
                input,
                format,
                textField,
                output,
                sequence,
                seed,
                minimumCharacters,
                validationFraction,
                bert == null ? "gpt2" : WordPieceTokenizer.NAME,
                samplesPerFile,
                bert);
    }
}
