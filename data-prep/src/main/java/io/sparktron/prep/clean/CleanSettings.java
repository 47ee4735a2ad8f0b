package io.sparktron.prep.clean;

import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is done to a document's text beyond {@link TextNormalization}. Every combination is legal.
 *
 * @param repair {@code prep.clean.repair}: mojibake, UTF-8 that was once read as Latin-1 or Windows-1252, becomes what it was
 * @param maskEmail {@code prep.clean.mask-email}: e-mail addresses become a placeholder
 * @param maskIp {@code prep.clean.mask-ip}: public IPv4 addresses become a placeholder
 * @param c4Lines {@code prep.clean.c4-lines}: lines that C4's line rules refuse are removed
 */
public record CleanSettings(boolean repair, boolean maskEmail, boolean maskIp, boolean c4Lines)
        implements Serializable {
    public static final CleanSettings DEFAULT = new CleanSettings(true, false, false, false);

    /** All of it has a part in the rows of documents. */
    public Map<String, String> asMap() {
        Map<String, String> map = new TreeMap<>();
        map.put("repair", Boolean.toString(repair));
        map.put("mask-email", Boolean.toString(maskEmail));
        map.put("mask-ip", Boolean.toString(maskIp));
        map.put("c4-lines", Boolean.toString(c4Lines));
        return map;
    }
}
