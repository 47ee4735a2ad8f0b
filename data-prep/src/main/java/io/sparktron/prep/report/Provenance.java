package io.sparktron.prep.report;

import io.sparktron.prep.read.InputFile;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a token dataset was made from, and how: runs with equal provenance give equal bytes.
 *
 * @param creator program and version of its rules; another version may give other bytes
 * @param settings all settings that have a part in the result, by key
 * @param inputFiles number of files
 * @param inputBytes their length as stored
 * @param inputFingerprint digest of their names, lengths and contents
 */
public record Provenance(
        String creator, Map<String, String> settings, long inputFiles, long inputBytes, String inputFingerprint) {
    /** To be raised with every change of reading, normalisation, order or packing that changes bytes. */
    private static final String CREATOR = "sparktron prep 2";

    /**
     * @param settings all that have a part in the result, by key
     * @param inputFingerprint see {@code InputContents}
     */
    public static Provenance of(Map<String, String> settings, List<InputFile> files, String inputFingerprint) {
        return new Provenance(
                CREATOR,
                new TreeMap<>(settings),
                files.size(),
                files.stream().mapToLong(InputFile::bytes).sum(),
                inputFingerprint);
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
