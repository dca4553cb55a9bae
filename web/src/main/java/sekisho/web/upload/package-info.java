/**
 * The upload portal: takes a form with files and makes a delivery of it, under the same rules as mail. Files stream from the connection
 * straight into sealed objects. Receiving files ({@link sekisho.web.upload.ReceivedFiles}), reading the form
 * ({@link sekisho.web.upload.FormParts}) and sending ({@link sekisho.web.upload.Sending}) know nothing of each other, so files can come
 * in another way. Read {@link sekisho.web.upload.UploadResource} first.
 */
@NullMarked
package sekisho.web.upload;

import org.jspecify.annotations.NullMarked;
