/**
 * One spelling for what a reader sees as one text: mojibake repaired, characters normalised, and where it is asked for addresses masked and lines
 * removed.
 */
package io.sparktron.prep.clean;
