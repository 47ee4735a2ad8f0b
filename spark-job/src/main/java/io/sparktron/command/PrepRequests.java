package io.sparktron.command;

import io.sparktron.model.ModelConfig;
import io.sparktron.prep.PrepSettings;
import io.sparktron.prep.StageSettings;
import io.sparktron.prep.clean.CleanSettings;
import io.sparktron.prep.contamination.ContaminationSettings;
import io.sparktron.prep.duplicates.DuplicateSettings;
import io.sparktron.prep.pack.BertSettings;
import io.sparktron.prep.pack.PackSettings;
import io.sparktron.prep.quality.QualitySettings;
import io.sparktron.prep.read.SourceSettings;
import io.sparktron.tokenizer.BytePairTokenizer;
import io.sparktron.tokenizer.Gpt2Tokenizer;
import io.sparktron.tokenizer.WordPieceTokenizer;
import io.sparktron.tokens.InvalidInputException;
import java.util.List;
import java.util.Optional;

/** Settings as the records of data preparation. */
final class PrepRequests {
    private PrepRequests() {}

    static PrepSettings prep(Settings settings) {
        Optional<List<SourceSettings>> sources = settings.find(PrepKeys.PREP_SOURCES);
        Optional<List<String>> input = settings.find(PrepKeys.PREP_INPUT);
        if (sources.isEmpty() && input.isEmpty()) {
            throw new InvalidInputException("prep.input is not set, and neither is prep.sources; legal: one of them ("
                    + PrepKeys.PREP_INPUT.type().legal() + ")");
        }
        if (sources.isPresent()) {
            for (Key<?> key : List.of(PrepKeys.PREP_INPUT, PrepKeys.PREP_FORMAT, PrepKeys.PREP_TEXT_FIELD)) {
                if (settings.has(key)) {
                    throw new InvalidInputException(key.name()
                            + " and prep.sources are both set; legal: one of them, and a source has fields of its own");
                }
            }
        }
        return prep(
                settings,
                sources.orElseGet(() -> List.of(source(settings, input.orElseThrow()))),
                settings.get(PrepKeys.PREP_OUTPUT),
                stages(settings));
    }

    /** For the quick start, which has the paths. */
    static PrepSettings prep(Settings settings, List<String> input, String output) {
        return prep(settings, List.of(source(settings, input)), output, StageSettings.DEFAULT);
    }

    private static PrepSettings prep(
            Settings settings, List<SourceSettings> sources, String output, StageSettings stages) {
        return new PrepSettings(
                sources,
                output,
                new CleanSettings(
                        settings.get(FilterKeys.REPAIR),
                        settings.get(FilterKeys.MASK_EMAIL),
                        settings.get(FilterKeys.MASK_IP),
                        settings.get(FilterKeys.C4_LINES)),
                settings.get(PrepKeys.PREP_MINIMUM_CHARACTERS),
                new QualitySettings(
                        settings.find(FilterKeys.LANGUAGES).orElse(List.of()),
                        settings.find(FilterKeys.RULE_SETS).orElse(List.of()),
                        settings.get(FilterKeys.RULES)),
                duplicates(settings),
                contamination(settings),
                pack(settings),
                stages);
    }

    private static DuplicateSettings duplicates(Settings settings) {
        return new DuplicateSettings(
                settings.get(DuplicateKeys.EXACT),
                settings.get(DuplicateKeys.NEAR),
                settings.get(DuplicateKeys.SHINGLE),
                settings.get(DuplicateKeys.UNIT),
                settings.get(DuplicateKeys.THRESHOLD),
                settings.get(DuplicateKeys.RECALL),
                settings.get(DuplicateKeys.BANDS),
                settings.get(DuplicateKeys.ROWS),
                settings.get(DuplicateKeys.BUCKET_CAP));
    }

    private static ContaminationSettings contamination(Settings settings) {
        return new ContaminationSettings(
                settings.find(DuplicateKeys.EVALUATION).orElse(List.of()),
                settings.get(DuplicateKeys.NGRAM),
                settings.get(DuplicateKeys.SHORTEST),
                settings.get(DuplicateKeys.COMMON),
                settings.get(DuplicateKeys.POLICY),
                settings.get(DuplicateKeys.WINDOW),
                settings.get(DuplicateKeys.SHORTEST_PIECE),
                settings.get(DuplicateKeys.MOST_PIECES));
    }

    private static SourceSettings source(Settings settings, List<String> input) {
        return SourceSettings.only(input, settings.get(PrepKeys.PREP_FORMAT), settings.get(PrepKeys.PREP_TEXT_FIELD));
    }

    private static StageSettings stages(Settings settings) {
        return new StageSettings(
                settings.find(PrepKeys.PREP_WORK).orElse(""),
                settings.find(PrepKeys.PREP_RESTAGE).orElse(List.of()));
    }

    private static PackSettings pack(Settings settings) {
        BertSettings bert = bert(settings);
        return new PackSettings(
                settings.get(PrepKeys.PREP_SEQUENCE),
                settings.get(PrepKeys.PREP_SEED),
                settings.get(PrepKeys.PREP_VALIDATION_FRACTION),
                settings.get(PrepKeys.PREP_TEST_FRACTION),
                settings.find(PrepKeys.PREP_TOKENIZER)
                        .orElse(bert == null ? Gpt2Tokenizer.NAME : WordPieceTokenizer.NAME),
                settings.get(PrepKeys.PREP_SAMPLES_PER_FILE),
                bert,
                settings.get(PrepKeys.PREP_BLEND_TOKENS),
                settings.find(PrepKeys.PREP_VOCABULARY_SIZE).orElse(PackSettings.DEFAULT_VOCABULARY));
    }

    /** Null for samples of GPT. */
    private static BertSettings bert(Settings settings) {
        if (settings.get(PrepKeys.PREP_FAMILY) == ModelConfig.Family.GPT) {
            for (Key<?> key : List.of(
                    PrepKeys.PREP_VOCABULARY_SIZE,
                    PrepKeys.PREP_VOCABULARY_FILE,
                    PrepKeys.PREP_LOWER_CASE,
                    PrepKeys.PREP_SHORT_SEQUENCES)) {
                boolean trained = key == PrepKeys.PREP_VOCABULARY_SIZE
                        && settings.find(PrepKeys.PREP_TOKENIZER)
                                .filter(BytePairTokenizer.NAME::equals)
                                .isPresent();
                if (settings.has(key) && !trained) {
                    throw new InvalidInputException(
                            key.name() + " is set, but prep.family = gpt; legal: with prep.family = bert");
                }
            }
            return null;
        }
        Optional<String> file = settings.find(PrepKeys.PREP_VOCABULARY_FILE);
        Optional<Integer> size = settings.find(PrepKeys.PREP_VOCABULARY_SIZE);
        if (file.isPresent() && size.isPresent()) {
            throw new InvalidInputException("prep.vocabulary-size = " + size.get() + ", but prep.vocabulary-file = "
                    + file.get() + " is the vocabulary; legal: one of them");
        }
        BertSettings defaults = BertSettings.defaults();
        return new BertSettings(
                size.orElse(defaults.vocabularySize()),
                file.orElse(null),
                settings.find(PrepKeys.PREP_LOWER_CASE).orElse(defaults.lowerCase()),
                settings.find(PrepKeys.PREP_SHORT_SEQUENCES).orElse(defaults.shortSequences()));
    }
}
