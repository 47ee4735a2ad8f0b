package io.sparktron.prep.clean;

/**
 * From a document's text as it was found to the text that is measured, compared and tokenized: repair, normalisation, masking, line rules,
 * each of them in time linear in the length. White space inside the text stays as it is, no-break spaces and runs of blank lines
 * included: a page of code or verse is made of them.
 */
public final class Cleaning {
    /** To be raised with every change that gives some text another result. */
    public static final int VERSION = 1;

    private Cleaning() {}

    public static Cleaned clean(String raw, CleanSettings settings) {
        // Repair comes first: normalisation removes the control characters that are half of some sequences.
        Counted repaired = settings.repair() ? Mojibake.repair(raw) : new Counted(raw, 0);
        String text = TextNormalization.normalize(repaired.text());
        int masked = 0;
        if (settings.maskEmail()) {
            Counted emails = EmailMask.mask(text);
            text = emails.text();
            masked += emails.count();
        }
        if (settings.maskIp()) {
            Counted addresses = AddressMask.mask(text);
            text = addresses.text();
            masked += addresses.count();
        }
        int removed = 0;
        if (settings.c4Lines()) {
            Counted lines = C4Lines.keep(text);
            text = lines.text();
            removed = lines.count();
        }
        return new Cleaned(text, repaired.count(), masked, removed);
    }

    /** A text, and how often something was done to make it. */
    record Counted(String text, int count) {}
}
