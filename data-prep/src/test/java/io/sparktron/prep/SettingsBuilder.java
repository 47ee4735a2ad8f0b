package io.sparktron.prep;

import io.sparktron.prep.clean.CleanSettings;
import io.sparktron.prep.contamination.ContaminationSettings;
import io.sparktron.prep.duplicates.DuplicateSettings;
import io.sparktron.prep.duplicates.ShingleUnit;
import io.sparktron.prep.pack.BertSettings;
import io.sparktron.prep.pack.PackSettings;
import io.sparktron.prep.quality.QualitySettings;
import io.sparktron.prep.read.InputFormat;
import io.sparktron.prep.read.SourceSettings;
import io.sparktron.tokenizer.WordPieceTokenizer;
import java.util.List;

/** The command line's defaults, but no rules of quality and no near duplicates; a test changes what it is about. */
public final class SettingsBuilder {
    private static final DuplicateSettings EXACT =
            new DuplicateSettings(true, false, 5, ShingleUnit.WORDS, 0.7, 0.97, 0, 0, 2000);

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
    private CleanSettings clean = CleanSettings.DEFAULT;
    private QualitySettings quality = new QualitySettings(List.of(), List.of(), List.of());
    private DuplicateSettings duplicates = EXACT;
    private ContaminationSettings contamination = ContaminationSettings.DEFAULT;
    private StageSettings stages = StageSettings.DEFAULT;

    public SettingsBuilder(String input, String output) {
        this(List.of(input), output);
    }

    public SettingsBuilder(List<String> input, String output) {
        this.input = input;
        this.output = output;
    }

    public SettingsBuilder input(List<String> value) {
        input = value;
        return this;
    }

    public SettingsBuilder output(String value) {
        output = value;
        return this;
    }

    public SettingsBuilder format(InputFormat value) {
        format = value;
        return this;
    }

    public SettingsBuilder textField(String value) {
        textField = value;
        return this;
    }

    public SettingsBuilder sequence(int value) {
        sequence = value;
        return this;
    }

    public SettingsBuilder seed(long value) {
        seed = value;
        return this;
    }

    public SettingsBuilder minimumCharacters(int value) {
        minimumCharacters = value;
        return this;
    }

    public SettingsBuilder validationFraction(double value) {
        validationFraction = value;
        return this;
    }

    public SettingsBuilder samplesPerFile(int value) {
        samplesPerFile = value;
        return this;
    }

    public SettingsBuilder bert(BertSettings value) {
        bert = value;
        return this;
    }

    public SettingsBuilder clean(CleanSettings value) {
        clean = value;
        return this;
    }

    public SettingsBuilder quality(QualitySettings value) {
        quality = value;
        return this;
    }

    public SettingsBuilder duplicates(DuplicateSettings value) {
        duplicates = value;
        return this;
    }

    public SettingsBuilder contamination(ContaminationSettings value) {
        contamination = value;
        return this;
    }

    public SettingsBuilder stages(StageSettings value) {
        stages = value;
        return this;
    }

    public PrepSettings build() {
        return new PrepSettings(
                List.of(SourceSettings.only(input, format, textField)),
                output,
                clean,
                minimumCharacters,
                quality,
                duplicates,
                contamination,
                new PackSettings(
                        sequence,
                        seed,
                        validationFraction,
                        0,
                        bert == null ? "gpt2" : WordPieceTokenizer.NAME,
                        samplesPerFile,
                        bert),
                stages);
    }
}
