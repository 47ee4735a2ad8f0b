package io.sparktron.prep.report;

import io.sparktron.prep.PrepSettings;
import io.sparktron.prep.read.InputFile;
import io.sparktron.prep.read.InputFiles;
import io.sparktron.tokenizer.WordPieceVocabulary;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a token dataset was made from, and how: runs with equal provenance give equal bytes.
 *
 * @param creator program and version of its rules; another version may give other bytes
 * @param settings all settings that have a part in the result, by key
 * @param inputFiles number of files
 * @param inputBytes their length as stored
 * @param inputFingerprint digest of their names, lengths and times of change
 */
public record Provenance(
        String creator, Map<String, String> settings, long inputFiles, long inputBytes, String inputFingerprint) {
    /** To be raised with every change of reading, normalisation, order or packing that changes bytes. */
    private static final String CREATOR = "sparktron prep 1";

    /** @param vocabulary that was given, where one was */
    public static Provenance of(
            PrepSettings settings, Optional<WordPieceVocabulary> vocabulary, List<InputFile> files) {
        Map<String, String> values = new TreeMap<>();
        values.put("prep.format", settings.format().toString());
        values.put("prep.text-field", settings.textField());
        values.put("prep.sequence", Integer.toString(settings.sequence()));
        values.put("prep.seed", Long.toString(settings.seed()));
        values.put("prep.minimum-characters", Integer.toString(settings.minimumCharacters()));
        values.put("prep.validation-fraction", Double.toString(settings.validationFraction()));
        values.put("prep.tokenizer", settings.tokenizer());
        values.put("prep.samples-per-file", Integer.toString(settings.samplesPerFile()));
        if (settings.bert() != null) {
            values.put("prep.family", settings.family());
            values.put("prep.lower-case", Boolean.toString(settings.bert().lowerCase()));
            values.put("prep.short-sequences", Double.toString(settings.bert().shortSequences()));
            vocabulary.ifPresentOrElse(
                    given -> values.put("prep.vocabulary-file", "SHA-256 " + given.sha256()),
                    () -> values.put(
                            "prep.vocabulary-size",
                            Integer.toString(settings.bert().vocabularySize())));
        }
        return new Provenance(
                CREATOR,
                values,
                files.size(),
                files.stream().mapToLong(InputFile::bytes).sum(),
                InputFiles.fingerprint(files));
    }

    /** As the manifest of a split carries it. */
    public Map<String, Object> asMap() {
        Map<String, Object> map = new TreeMap<>();
        map.put("creator", creator);
        map.put("settings", settings);
        map.put("inputFiles", inputFiles);
        map.put("inputBytes", inputBytes);
        map.put("inputFingerprint", inputFingerprint);
        return map;
    }
}
