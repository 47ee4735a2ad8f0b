package io.sparktron.prep.planted;

/**
 * What a document of the planted corpus is there for.
 *
 * @param location file below the corpus and, where that holds several documents, the place in it, as the ledger's location ends
 * @param what what is planted, for people
 * @param stage the ledger's stage that drops it; null if it is kept
 * @param rule the rule that drops it; null if it is kept
 * @param survivor location of the document that it is dropped for; null if there is none
 */
public record Planted(String location, String what, String stage, String rule, String survivor) {
    static Planted kept(String location, String what) {
        return new Planted(location, what, null, null, null);
    }

    static Planted dropped(String location, String what, String stage, String rule) {
        return new Planted(location, what, stage, rule, null);
    }

    static Planted duplicate(String location, String what, String stage, String survivor) {
        return new Planted(location, what, stage, stage, survivor);
    }

    public boolean isKept() {
        return stage == null;
    }
}
