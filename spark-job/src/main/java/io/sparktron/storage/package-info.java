/** File systems as a run uses them: any of Hadoop's, reached by driver and ranks alike. */
package io.sparktron.storage;
