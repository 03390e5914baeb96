// A model's server of every wire, on a free port. Arguments: the folder whose node_modules has aimock.
// Prints its address, and ends when its input does: it cannot outlive the tests.
import { createRequire } from "node:module";

const { LLMock } = createRequire(`${process.argv[2]}/`)("@copilotkit/aimock");
const mock = new LLMock({ port: 0, host: "127.0.0.1", chunkSize: 3 });

const weather = [
  { name: "weather", arguments: '{"city":"Омск"}' },
  { name: "weather", arguments: '{"city":"Tokyo"}' },
];
const written = '{"name": "weather", "arguments": {"city": "Омск"}}';

mock.on({ userMessage: "hello" }, { content: "Hi there, мир! 🤔" });
mock.on({ userMessage: "think" }, { content: "So it is.", reasoning: "Let me see." });
mock.on({ userMessage: "Result of the tool weather" }, { content: "It is cold." });
mock.on({ userMessage: "in words" }, { content: `I look.\n${written}` });
mock.on({ userMessage: "weather", hasToolResult: true }, { content: "It is cold." });
mock.on({ userMessage: "weather" }, { content: "I look.", toolCalls: weather });
mock.on(
  { userMessage: "cut off" },
  { content: "This will not be said to its end." },
  { truncateAfterChunks: 6, latency: 20 }, // slow enough for the first pieces to arrive before the reset
);
mock.on({ userMessage: "refused" }, { error: { message: "no such thing", type: "invalid_request_error" }, status: 400 });
mock.on(
  { userMessage: "busy", sequenceIndex: 0 },
  { error: { message: "slow down", type: "rate_limit_error" }, status: 429 },
);
mock.on({ userMessage: "busy" }, { content: "Now." });

await mock.start();
process.stdout.write(`${mock.url}\n`);
process.stdin.on("end", () => mock.stop().then(() => process.exit(0))).resume();
