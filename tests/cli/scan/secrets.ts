/** Made up, and put together here, so that no scanner finds them in this file. */
export const secrets = {
  awsAccessKey: ['AKIA', 'QYLPMN5HNB2CD7XA'].join(''),
  githubToken: ['ghp', 'x7Kq2mVb9TzRw4LpYs8NfHc3JdGa6EuQ1oXi'].join('_'),
  githubFineToken: ['github_pat', '11ABCDEFG0aBcDeFgHiJkL_mNoPqRsTuVwXyZ0123456789'].join('_'),
  gitlabToken: ['glpat', 'x7Kq2mVb9TzRw4LpYs8N'].join('-'),
  slackToken: ['xoxb', '123456789012-x7Kq2mVb9TzRw4Lp'].join('-'),
  slackWebhook: ['https://hooks.slack.com', 'services', 'T01ABCDEF', 'B01ABCDEF', 'x7Kq2mVb9TzRw4LpYs8NfHc3'].join('/'),
  stripeKey: ['sk', 'live', 'x7Kq2mVb9TzRw4LpYs8NfHc3'].join('_'),
  npmToken: ['npm', 'x7Kq2mVb9TzRw4LpYs8NfHc3JdGa6EuQ1oXi'].join('_'),
  googleApiKey: ['AIza', 'SyDx7Kq2mVb9TzRw4LpYs8NfHc3JdGa6EuQ'].join(''),
  vaultToken: ['hvs', 'CAESIJx7Kq2mVb9TzRw4LpYs8N'].join('.'),
  jwt: ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxMjM0NTY3ODkwIn0', 'x7Kq2mVb9TzRw4LpYs8NfHc3'].join('.'),
  privateKey: ['-----BEGIN RSA', 'PRIVATE KEY-----'].join(' '),
  password: 'x7Kq2mVb9TzRw4Lp',
} as const;
