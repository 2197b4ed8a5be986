"""The cloud's architecture, judged on the templates that CDK writes."""
