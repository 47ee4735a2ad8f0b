package io.sparktron.command;

import static io.sparktron.command.CommandName.EVALUATE;
import static io.sparktron.command.CommandName.PREFLIGHT;
import static io.sparktron.command.CommandName.PREP;
import static io.sparktron.command.CommandName.PRETRAIN;
import static io.sparktron.command.Readers.PREPARING;
import static io.sparktron.command.Readers.PRETRAINING;

import io.sparktron.model.ModelConfig.Family;
import io.sparktron.prep.read.InputFormat;
import io.sparktron.prep.read.SourceSettings;
import io.sparktron.tokenizer.WordPieceTraining;
import java.util.EnumSet;
import java.util.List;

/** What {@code prep} makes of a corpus, and which datasets are read. */
final class PrepKeys {
    private static final KeyTable TABLE = new KeyTable();

    static final Key<List<String>> PREP_INPUT = TABLE.unset(
            "prep.input",
            ValueType.PATHS,
            "",
            "prep.sources; quickstart: the sample corpus",
            "the corpus: files, folders or globs",
            PREPARING);
    static final Key<List<SourceSettings>> PREP_SOURCES = TABLE.unset(
            "prep.sources",
            ValueType.SOURCES,
            "",
            "one source, prep.input",
            "the corpus as a list of objects { name, input, format, text-field, weight, priority }, of which name and input are needed;"
                    + " weights are the wanted shares of the training split's tokens, and of duplicates the smaller priority survives",
            EnumSet.of(PREP));
    static final Key<String> PREP_OUTPUT = TABLE.needed(
            "prep.output", ValueType.PATH, "folder that receives train, validation and report.json", EnumSet.of(PREP));
    static final Key<InputFormat> PREP_FORMAT = TABLE.with(
            "prep.format",
            ValueType.choice(List.of(InputFormat.values())),
            "",
            "auto",
            "format of the corpus files; auto goes by their names",
            PREPARING);
    static final Key<String> PREP_TEXT_FIELD = TABLE.with(
            "prep.text-field",
            ValueType.TEXT,
            "",
            "text",
            "JSON field or Parquet column that holds a document",
            PREPARING);
    static final Key<Integer> PREP_SEQUENCE =
            TABLE.with("prep.sequence", ValueType.integer(1), "tokens", "1024", "length of a sample", PREPARING);
    static final Key<Long> PREP_SEED = TABLE.with(
            "prep.seed",
            KeyTable.anyLong(),
            "",
            "1234",
            "shuffles the documents and draws the validation split",
            PREPARING);
    static final Key<Integer> PREP_MINIMUM_CHARACTERS = TABLE.with(
            "prep.minimum-characters",
            ValueType.integer(1),
            "characters",
            "100",
            "shorter documents are dropped",
            PREPARING);
    static final Key<Double> PREP_VALIDATION_FRACTION = TABLE.with(
            "prep.validation-fraction",
            ValueType.NUMBER,
            "",
            "0.01",
            "expected share of the documents that go to validation, below 1",
            PREPARING);
    static final Key<Double> PREP_TEST_FRACTION = TABLE.with(
            "prep.test-fraction",
            ValueType.NUMBER,
            "",
            "0",
            "expected share of the documents that go to a test split; 0 makes none",
            PREPARING);
    static final Key<Long> PREP_BLEND_TOKENS = TABLE.with(
            "prep.blend-tokens",
            KeyTable.anyLong(),
            "tokens",
            "0",
            "size of the training split where prep.sources have weights; 0 makes it as large as all sources together",
            EnumSet.of(PREP));
    static final Key<Family> PREP_FAMILY = TABLE.with(
            "prep.family",
            ValueType.choice(List.of(Family.values())),
            "",
            "gpt",
            "models the samples are for: gpt cuts a stream of tokens, bert makes pairs of consecutive segments",
            EnumSet.of(PREP));
    static final Key<String> PREP_TOKENIZER = TABLE.unset(
            "prep.tokenizer",
            ValueType.TEXT,
            "",
            "gpt2; wordpiece for bert",
            "name of the tokenizer: gpt2, or bpe to train a byte-level BPE on the training split",
            PREPARING);
    static final Key<Integer> PREP_VOCABULARY_SIZE = TABLE.unset(
            "prep.vocabulary-size",
            ValueType.integer(WordPieceTraining.SMALLEST),
            "pieces",
            "30522 for bert, 50257 for bpe",
            "bert, and prep.tokenizer = bpe: size of the vocabulary that is trained on the training split, at most",
            EnumSet.of(PREP));
    static final Key<String> PREP_VOCABULARY_FILE = TABLE.unset(
            "prep.vocabulary-file",
            ValueType.PATH,
            "",
            "trained on the corpus",
            "bert: WordPiece vocabulary to use instead, a piece a line (vocab.txt)",
            EnumSet.of(PREP));
    static final Key<Boolean> PREP_LOWER_CASE = TABLE.unset(
            "prep.lower-case",
            ValueType.FLAG,
            "",
            "true for bert",
            "bert: lower-cases the text and strips accents",
            EnumSet.of(PREP));
    static final Key<Double> PREP_SHORT_SEQUENCES = TABLE.unset(
            "prep.short-sequences",
            ValueType.NUMBER,
            "",
            "0.1 for bert",
            "bert: share of samples that are filled up to a drawn length only, 0 to 1",
            EnumSet.of(PREP));
    static final Key<Integer> PREP_SAMPLES_PER_FILE = TABLE.with(
            "prep.samples-per-file",
            ValueType.integer(0),
            "samples",
            "0",
            "rows of a Parquet file, a multiple of 256; 0 makes files of about 100 MB",
            PREPARING);
    static final Key<String> PREP_WORK = TABLE.unset(
            "prep.work",
            ValueType.PATH,
            "",
            "stages in prep.output",
            "folder of the stages' tables, from which a later run goes on; may be shared by runs of other settings, and deleted",
            EnumSet.of(PREP));
    static final Key<List<String>> PREP_RESTAGE = TABLE.unset(
            "prep.restage",
            ValueType.NAMES,
            "",
            "none",
            "stages that are done again though they are complete, with all that depends on them",
            EnumSet.of(PREP));
    static final Key<String> DATA_TRAIN =
            TABLE.needed("data.train", ValueType.PATH, "token dataset to train on", PRETRAINING);
    static final Key<String> DATA_VALIDATION = TABLE.unset(
            "data.validation",
            ValueType.PATH,
            "",
            "none; evaluate needs it",
            "token dataset to validate on",
            EnumSet.of(PRETRAIN, PREFLIGHT, EVALUATE));

    private PrepKeys() {}

    static List<Key<?>> all() {
        return TABLE.keys();
    }
}
