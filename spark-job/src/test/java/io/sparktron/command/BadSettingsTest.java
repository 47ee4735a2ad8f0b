package io.sparktron.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Settings that cannot be: exit code 2, one line that names key, value and what would be legal, and nothing written. */
class BadSettingsTest {
    /** Texts of which each type but plain text refuses at least one. */
    private static final List<String> TEXTS =
            List.of("", " ", "twelve", "-1", "0", "1.5", "NaN", "1e999", "99999999999999999999", "TRUE", "cosinus");

    @TempDir
    Path folder;

    private static boolean refuses(ValueType<?> type, String text) {
        try {
            type.reader().apply(text);
            return false;
        } catch (IllegalArgumentException e) {
            return true;
        }
    }

    static Stream<Arguments> textsThatAreNoValue() {
        return Keys.all().stream()
                .flatMap(key ->
                        TEXTS.stream().filter(text -> refuses(key.type(), text)).map(text -> Arguments.of(key, text)));
    }

    @ParameterizedTest
    @MethodSource("textsThatAreNoValue")
    void aTextThatIsNoValueOfItsKey(Key<?> key, String text) {
        String command = key.commands().iterator().next().toString();
        InProcess.Result result = InProcess.run(command, List.of(key.name() + "=" + text));
        assertThat(result.err()).hasLineCount(1);
        assertThat(result.lastLine())
                .isEqualTo("sparktron: " + key.name() + " = " + text + " (--set), must be: "
                        + key.type().legal());
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
    }

    @Test
    void everyKeyButPlainTextRefusesSomething() {
        List<String> refusing = textsThatAreNoValue()
                .map(arguments -> ((Key<?>) arguments.get()[0]).name())
                .distinct()
                .toList();
        assertThat(Keys.all())
                .allSatisfy(key -> assertThat(refusing.contains(key.name())).isEqualTo(key.type() != ValueType.TEXT));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            pretrain | train.clip=-1                                     | train.clip = -1.0
            pretrain | train.weight-decay=-0.1                           | train.weight-decay = -0.1
            pretrain | train.beta1=-0.1                                  | train.beta1 = -0.1
            pretrain | train.beta2=1                                     | train.beta2 = 1.0
            pretrain | train.epsilon=0                                   | train.epsilon = 0.0
            pretrain | train.lr.peak=-1e-3                               | train.lr.peak = -0.001
            pretrain | train.lr.min=-1                                   | train.lr.min = -1.0
            pretrain | train.lr.min=2,train.lr.peak=1                    | train.lr.min = 2.0
            pretrain | train.lr.warmup-steps=9,train.lr.decay-steps=8    | train.lr.warmup-steps = 9
            pretrain | parallel.data=1000000,train.micro-batch=500000    | parallel.data x train.micro-batch
            pretrain | train.global-batch=3,train.micro-batch=2          | train.global-batch = 3
            pretrain | parallel.data=3,train.micro-batch=2,train.global-batch=4 | train.global-batch = 4
            pretrain | train.batch-ramp.start=4                          | train.batch-ramp.increment is not set
            pretrain | train.batch-ramp.start=6,train.batch-ramp.increment=6,train.batch-ramp.samples=9,train.global-batch=14,train.micro-batch=2 | train.batch-ramp.increment = 6 does not
            pretrain | train.batch-ramp.start=3,train.batch-ramp.increment=3,train.batch-ramp.samples=9,train.global-batch=12 | train.batch-ramp.start = 3
            pretrain | train.lr.decay=wsd,train.lr.cooldown-steps=10     | train.lr.cooldown-steps = 10
            plan     | train.batch-ramp.start=4,train.batch-ramp.increment=1,train.batch-ramp.samples=9,train.global-batch=8 | train.batch-ramp.increment = 1
            pretrain | parallel.tensor=2,model.heads=3                   | parallel.tensor = 2
            pretrain | parallel.tensor=2147483647,parallel.data=2        | parallel.
            pretrain | model.dropout=1                                   | model.dropout = 1.0
            pretrain | model.dropout=-0.1                                | model.dropout = -0.1
            pretrain | parallel.tensor=2,model.heads=4,parallel.sequence=true,model.sequence=5 | parallel.tensor = 2 does not divide model.sequence = 5
            plan     | parallel.tensor=4,parallel.sequence=true,model.sequence=30 | parallel.tensor = 4 does not divide model.sequence = 30
            plan     | model.dropout=1                                   | model.dropout = 1.0
            pretrain | train.loss-scale.window=5                         | train.loss-scale.window = 5, but train.precision = fp32
            pretrain | train.precision=bf16,train.loss-scale.initial=8   | train.loss-scale.initial = 8.0, but train.precision = bf16
            pretrain | train.precision=fp16,train.loss-scale.initial=2,train.loss-scale.minimum=4 | train.loss-scale.initial = 2.0, must be at least train.loss-scale.minimum = 4.0
            pretrain | train.validate-every=3                            | train.validate-every = 3
            pretrain | model.heads=3,model.hidden=10                     | model.h
            pretrain | train.steps=9223372036854775807,train.global-batch=2147483647,train.micro-batch=1 | train.
            generate | generate.temperature=0                            | generate.temperature = 0.0
            generate | generate.temperature=-1                           | generate.temperature = -1.0
            generate | generate.top-p=0                                  | generate.top-p = 0.0
            generate | generate.top-p=1.5                                | generate.top-p = 1.5
            generate | parallel.tensor=65536,parallel.data=65536         | parallel.
            evaluate | checkpoint=nowhere                                | nowhere
            prep     | prep.validation-fraction=1                        | prep.validation-fraction = 1.0
            prep     | prep.validation-fraction=-0.5                     | prep.validation-fraction = -0.5
            prep     | prep.samples-per-file=100                         | prep.samples-per-file = 100
            prep     | prep.tokenizer=gpt5                               | prep.tokenizer = gpt5; legal: gpt2, or bpe
            prep     | prep.lower-case=false                             | prep.lower-case is set, but prep.family = gpt
            prep     | prep.vocabulary-size=90                           | prep.vocabulary-size is set, but prep.family = gpt
            prep     | prep.family=bert,prep.tokenizer=gpt2              | prep.tokenizer = gpt2; legal: wordpiece
            prep     | prep.family=bert,prep.short-sequences=1.5         | prep.short-sequences = 1.5
            prep     | prep.family=bert,prep.sequence=4                  | prep.sequence = 4; legal: at least 5
            prep     | prep.family=bert,prep.vocabulary-size=90,prep.vocabulary-file=x | prep.vocabulary-size = 90, but prep.vocabulary-file = x
            prep     | prep.tokenizer=wordpiece                          | prep.tokenizer = wordpiece; legal: gpt2, or bpe
            prep     | prep.tokenizer=bpe,prep.vocabulary-size=200       | prep.vocabulary-size = 200; legal: 257 to
            prep     | prep.blend-tokens=1000                            | prep.blend-tokens = 1000; legal: 0, or a weight
            prep     | prep.validation-fraction=0.5,prep.test-fraction=0.5 | prep.test-fraction = 1.0; legal: below 1
            prep     | prep.input=none/*.txt                             | none/*.txt
            prep     | prep.sequence=2147483647                          | prep.sequence = 2147483647
            plan     | model.heads=5                                     | model.heads = 5
            plan     | parallel.tensor=3                                 | parallel.tensor = 3
            plan     | train.global-batch=10                             | train.global-batch = 10
            plan     | model.hidden=2147483644                           | model.hidden = 2147483644
            plan     | model.layers=2147483647                           | model.layers = 2147483647
            plan     | train.micro-batch=2147483647                      | train.micro-batch = 2147483647
            plan     | parallel.data=1000000,train.micro-batch=500000    | parallel.data x train.micro-batch
            convert  | convert.input=none                                | none does not exist
            convert  | convert.format=pytorch                            | convert.format = pytorch
            """)
    void valuesOutOfRangeOrAtOddsWithEachOther(String command, String assignments, String message) {
        List<String> given = new ArrayList<>(complete(command));
        given.addAll(Arrays.asList(assignments.split(",")));
        InProcess.Result result = InProcess.run(command, given);
        assertThat(result.lastLine()).startsWith("sparktron: ").contains(message);
        assertThat(result.errors()).isOne();
        assertThat(result.code()).as(result.err()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(folder).isEmptyDirectory();
    }

    /** What a command needs, though nothing lies there: a wrong setting is to be told first. */
    private List<String> complete(String command) {
        return switch (command) {
            case "pretrain" ->
                List.of("run.dir=" + folder.resolve("run"), "data.train=" + folder.resolve("none"), "train.steps=9");
            case "evaluate" ->
                List.of("checkpoint=" + folder.resolve("none"), "data.validation=" + folder.resolve("none"));
            case "generate" -> List.of("checkpoint=" + folder.resolve("none"));
            case "plan" -> List.of("model.layers=2", "model.hidden=64", "model.heads=4");
            case "convert" ->
                List.of("convert.input=" + folder.resolve("none"), "convert.output=" + folder.resolve("out"));
            case "prep" -> List.of("prep.input=" + folder.resolve("none"), "prep.output=" + folder.resolve("tokens"));
            default -> throw new IllegalArgumentException(command);
        };
    }
}
