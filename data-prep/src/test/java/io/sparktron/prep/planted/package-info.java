/**
 * A small corpus of which every document is planted for something: known duplicates, languages, boilerplate, damage, spam and quotes, with a
 * record of what the pipeline must do with each. Its English is cut from the State of the Union addresses of the sample corpus (public domain);
 * the other texts are our own. The measures here are computed by the slow, obvious way, and know nothing of the pipeline's code.
 */
package io.sparktron.prep.planted;
