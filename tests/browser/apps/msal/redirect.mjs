/** Where the provider sends the popup: hands the answer to the window that opened it. */
import { broadcastResponseToMainFrame } from '@azure/msal-browser/redirect-bridge';

await broadcastResponseToMainFrame();
