import { SecureEventSource } from "sse-gate-client";

const headers = () => ({ Authorization: `Bearer ${session.accessToken}` });
const source = new SecureEventSource("/feed/stream", { headers });
source.onmessage = ({ data }) => console.log(data);
